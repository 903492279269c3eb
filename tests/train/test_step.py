"""What one step of a run does, on a model that is quick."""

import copy
import math

import pytest
import torch

from train.config import read_config
from train.group import Group
from train.loop import Run

ALONE = Group(0, 1, torch.device("cpu"))


def tiny(folder, *sets, units=300):
    quick = ["train.steps=4", "train.batch=8", "train.log_every=2", "train.save_every=2"]
    data = f'data={{name="treatment", units={units}}}'
    return Run(read_config("cevae", [*quick, data, *sets]), ALONE, folder, resume=False)


def step(run):
    return run._step(torch.from_numpy(run.rows["train"]))


def norm(run):
    squares = [p.grad.square().sum() for p in run.model.parameters() if p.grad is not None]
    return float(torch.stack(squares).sum().sqrt())


def test_a_gradient_is_cut_to_its_longest(tmp_path):
    free = tiny(tmp_path / "free", "train.clip=0")
    step(free)
    assert norm(free) > 0.01
    cut = tiny(tmp_path / "cut", "train.clip=0.01")
    step(cut)
    assert norm(cut) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("told", [True, False])
def test_bf16_is_what_the_forward_pass_runs_in(tmp_path, told):
    run, seen = tiny(tmp_path, f"train.bf16={str(told).lower()}"), []
    loss = run.model.loss
    run.model.loss = lambda v, x: seen.append(torch.is_autocast_enabled("cpu")) or loss(v, x)
    step(run)
    assert seen == [told]


def test_what_is_measured_and_kept_is_the_average(tmp_path):
    run = tiny(tmp_path)
    before = run.evaluate("validation").loss
    with torch.no_grad():
        for weight in run.model.parameters():
            weight.mul_(1.5)
    assert run.evaluate("validation").loss == before
    with torch.no_grad():
        for weight in run.averaged.parameters():
            weight.mul_(1.5)
    assert run.evaluate("validation").loss != before


def test_the_average_follows_each_step(tmp_path):
    run = tiny(tmp_path)
    before = copy.deepcopy(run.averaged.state_dict())
    step(run)
    after = run.averaged.state_dict()
    assert any(not after[key].equal(before[key]) for key, _ in run.model.named_parameters())


def test_a_weight_that_is_not_finite_is_never_saved(tmp_path):
    run = tiny(tmp_path)
    with torch.no_grad():
        next(run.model.parameters()).view(-1)[0] = math.inf
    with pytest.raises(ValueError, match="A weight is not finite at step 0: lower the learning"):
        run._save()
    assert not (tmp_path / "state.pt").exists()


def test_each_seed_deals_other_batches_and_draws_other_weights(tmp_path):
    losses, weights = [], []
    for name, seed in (("a", 0), ("b", 1), ("c", 0)):
        run = tiny(tmp_path / name, f"train.seed={seed}")
        weights.append(next(run.model.parameters()).detach().clone())
        losses.append(float(step(run)))
    assert losses[0] == losses[2] != losses[1]
    assert weights[0].equal(weights[2])
    assert not weights[0].equal(weights[1])


@pytest.mark.parametrize("seed", [0, 5])
def test_an_empty_split_is_refused_before_training(tmp_path, seed):
    with pytest.raises(ValueError, match=r"validation.*\.$"):
        tiny(tmp_path / "new", f"train.split_seed={seed}", units=10)
    assert not (tmp_path / "new").exists(), "nothing is written"
