import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from causal_explorer.data import splits
from causal_explorer.data.pictures import DSpritesPictures
from causal_explorer.metrics.likelihood import Likelihood
from train.config import read_config
from train.group import Group
from train.loop import Run
from train.optimiser import adamw

pytestmark = pytest.mark.usefixtures("cache")
ALONE = Group(0, 1, torch.device("cpu"))


def named_groups(model, optimiser):
    return dict(zip(dict(model.named_parameters()), optimiser.param_groups, strict=True))


def small(*overrides):
    quick = ["train.steps=10", "train.batch=64", "train.log_every=5", "network.harmonics=[3,3,3]"]
    return read_config("scm-vae", [*quick, *overrides])


@pytest.mark.parametrize("seed", [0, 3])
def test_only_the_train_split_of_that_seed_is_learned(tmp_path, monkeypatch, seed):
    seen = []
    call = DSpritesPictures.__call__

    def record(self, rows):
        seen.append(rows.numpy().copy())
        return call(self, rows)

    config = small(f"train.split_seed={seed}", "train.validate_every=100")
    run = Run(config, ALONE, tmp_path, resume=False)
    monkeypatch.setattr(DSpritesPictures, "__call__", record)
    monkeypatch.setattr(run, "evaluate", lambda *_: Likelihood(0.0, 0.0, 0.0, 1))
    monkeypatch.setattr(run, "_reconstructions", lambda _: torch.zeros(2, 1, 64, 64).unbind())
    run.train()
    learned = np.concatenate(seen)
    assert len(learned) == 640
    assert np.isin(learned, splits.rows("train", seed)).all()
    assert not np.isin(learned, splits.rows("train", 1 - min(seed, 1))).all()


def test_the_learning_rate_is_held_and_then_falls_to_its_last(tmp_path):
    config = small("train.hold=0.5", "train.last_rate=0.01")
    run = Run(config, ALONE, tmp_path, resume=False)
    rows = torch.from_numpy(splits.rows("train"))
    rates, blur = [], []
    for step in range(10):
        run.state.step = step
        run._step(rows)
        groups = named_groups(run.model, run.optimiser)
        rates.append(groups["encoder.0.weight"]["lr"] / groups["encoder.0.weight"]["peak"])
        blur.append(groups["decoder.log_blur"]["lr"])
    expected = [1.0] * 5 + [0.01 ** ((step - 5) / 5) for step in range(5, 10)]
    np.testing.assert_allclose(rates, expected)
    assert [rate > 0 for rate in blur] == [False] * 5 + [True] * 5, "by train.starts"


def test_natural_gradient_takes_over_once_the_rates_fall(tmp_path):
    config = small(
        "train.hold=0.5", "train.natural_rate=1e-6", 'train.starts."decoder.log_blur"=0.8'
    )
    run = Run(config, ALONE, tmp_path, resume=False)
    rows = torch.from_numpy(splits.rows("train"))
    moved = {name: [] for name, _ in run.model.named_parameters()}
    steps = []
    run.natural.seen = 1_000  # ready
    take = run.natural.step
    run.natural.step = lambda gradient, rate, progress: (
        steps.append(rate),
        take(gradient, rate, progress),
    )
    for step in range(10):
        run.state.step = step
        before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
        run._step(rows)
        for name, parameter in run.model.named_parameters():
            moved[name].append(bool((parameter.detach() != before[name]).any()))
    law = [1e-6 * 0.002 ** ((step - 5) / 5) for step in range(5, 10)]
    assert steps == pytest.approx(law), "its rate falls with the others"
    assert run.natural.seen == 1_007, "it watches from half of the hold on"
    assert all(moved["decoder.pose.centre_x"]), "AdamW first, then natural gradient"
    assert moved["decoder.log_blur"] == [False] * 8 + [True] * 2, "by train.starts"
    assert all(moved["encoder.0.weight"]), "AdamW throughout"
    state = run.optimiser.state[run.model.decoder.pose.centre_x]
    assert int(state["step"]) == 5, "AdamW left it alone from then on"


def test_rates_and_sparsity_go_to_the_parameters_that_they_name(tmp_path):
    config = small("train.rates.encoder=0.5", 'train.sparsity."decoder.pose.angle"=7')
    model = Run(config, ALONE, tmp_path, resume=False).model
    groups = named_groups(model, adamw(model, config.train))
    base = config.train.learning_rate
    assert groups["encoder.0.weight"]["peak"] == pytest.approx(0.5 * base)
    assert groups["decoder.outlines.ellipse"]["peak"] == pytest.approx(2 * base)
    assert groups["decoder.pose.centre_x"]["peak"] == pytest.approx(5 * base)
    assert groups["decoder.pose.angle"]["sparsity"] == 7
    assert groups["decoder.outlines.ellipse"]["sparsity"] == 0
    assert groups["decoder.log_blur"]["start"] == 0.5
    assert groups["decoder.log_sharpness"]["start"] == 0


def test_evaluation_takes_as_many_pictures_as_asked(tmp_path):
    run = Run(small(), ALONE, tmp_path, resume=False)
    assert run.evaluate("validation", 100).images == 100
    assert run.evaluate("test").images == len(splits.rows("test"))


def test_a_run_below_an_epoch_is_tested_on_its_share_and_a_full_one_on_all(tmp_path):
    short = read_config("scm-vae", ["train.epochs=0.05"])
    run = Run(short, ALONE, tmp_path / "short", resume=False)
    held_out = len(run.rows["test"])
    assert 0.05 <= run._enough("test") / held_out < 0.0505, "steps are whole"
    assert run._enough("validation") < 0.0505 * len(run.rows["validation"])
    assert any(f"test sees {run._enough('test'):,} of {held_out:,}" in s for s in run.opening)
    full = read_config("scm-vae", ["train.epochs=1"])
    run = Run(full, ALONE, tmp_path / "full", resume=False)
    assert run._enough("test") == len(run.rows["test"])
    assert run._enough("validation") == 8_192
    assert not any("final test" in line for line in run.opening)


def test_a_part_of_a_split_holds_all_shapes_alike(tmp_path):
    """The rows of dSprites are in order of shape."""
    run = Run(small(), ALONE, tmp_path, resume=False)
    shapes = []
    run.pictures.batches = lambda rows, _: shapes.append(rows * 3 // 737_280) or iter(())
    with pytest.raises(ValueError, match="There is no picture"):
        run.evaluate("validation", 50_000)
    counts = np.bincount(shapes[0], minlength=3)
    assert counts.sum() == 50_000
    assert counts.min() > 16_000


def test_a_data_set_of_few_units_is_shown_as_it_is(tmp_path):
    few = read_config("scm-vae-styled", ["train.steps=2", "train.batch=8", "train.warm={}"])
    run = Run(few, ALONE, tmp_path, resume=False)
    run.rows["validation"] = run.rows["validation"][:5]
    x, mean = run._reconstructions(run.averaged)
    assert len(x) == len(mean) == 5


def lengthened(folder, *sets):
    """Ten steps, and then on to twenty; the run that goes on."""
    first = Run(small("train.save_every=5"), ALONE, folder, resume=False)
    first.train()
    return Run(small("train.save_every=5", "train.steps=20", *sets), ALONE, folder, resume=True)


def test_a_longer_run_goes_by_the_rates_of_its_new_length(tmp_path):
    run = lengthened(tmp_path, "train.hold=0.25", "train.last_rate=0.01", "train.learning_rate=0.1")
    rows, rates, starts, told = torch.from_numpy(run.rows["train"]), [], [], []
    run.model.begin = told.append
    for step in range(10, 20):
        run.state.step = step
        run._step(rows)
        groups = named_groups(run.model, run.optimiser)
        rates.append(groups["encoder.0.weight"]["lr"])
        starts.append(groups["decoder.sample_point"]["lr"] > 0)
    expected = [0.05 * 0.01 ** ((step / 20 - 0.25) / 0.75) for step in range(10, 20)]
    np.testing.assert_allclose(rates, expected, err_msg="0.5 × the learning rate, by the law")
    assert all(starts), "what began to move at 70 % of the first length goes on moving"
    assert told == [0.9] * 9 + [0.95], "and warm-ups do not go back"


def test_a_run_that_goes_on_says_what_changed(tmp_path):
    run = lengthened(tmp_path)
    assert run.state.changes == ["from step 10 on: train.steps was 10 and is 20"]
    said = " ".join(run.opening)
    assert "It goes on at step 10; from step 10 on: train.steps was 10 and is 20." in said
    share = 0.002 ** ((0.5 - 0.075) / (1 - 0.075))
    assert f"as in a run of 20 steps, from {share:.2%} of its peak; warm-ups" in said
    run.train()
    again = Run(small("train.save_every=5", "train.steps=20"), ALONE, tmp_path, resume=True)
    assert again.state.changes == run.state.changes, "a change is told once"
    assert again.state.reached == 0.95


def test_a_run_that_goes_on_unchanged_has_nothing_to_say_of_it(tmp_path):
    Run(small("train.save_every=5"), ALONE, tmp_path, resume=False).train()
    run = Run(small("train.save_every=5"), ALONE, tmp_path, resume=True)
    assert run.state.changes == []
    assert not any("learning rate" in line for line in run.opening)


def test_a_run_says_where_it_can_go_on(tmp_path):
    run = Run(small("train.save_every=5"), ALONE, tmp_path, resume=False)
    assert run.rest == "at step 0, before the first save: there is nothing to resume"
    run.train()
    assert run.rest == "at step 10: --resume continues from the last save, at step 10"


def test_a_loss_that_is_not_finite_ends_the_run(tmp_path):
    run = Run(replace(small(), id="x"), ALONE, tmp_path, resume=False)
    with torch.no_grad():
        run.model.decoder.log_blur.fill_(math.nan)
    with (
        pytest.warns(UserWarning, match="Encountered NaN"),
        pytest.raises(ValueError, match="The loss is nan at step 5: lower the learning rate"),
    ):
        run.train()


def test_what_is_in_the_way_is_left_alone(tmp_path):
    thesis = tmp_path / "scm-vae" / "thesis.tex"
    thesis.parent.mkdir()
    thesis.write_text("precious")
    with pytest.raises(ValueError, match="exists and is no checkpoint"):
        Run(small(), ALONE, tmp_path, resume=False)
    assert thesis.read_text() == "precious"
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "state.pt").write_bytes(b"hours of work")
    with pytest.raises(ValueError, match="holds a run: --resume continues it"):
        Run(small(), ALONE, tmp_path / "b", resume=False)
    (tmp_path / "c" / "scm-vae").mkdir(parents=True)
    (tmp_path / "c" / "scm-vae" / "SHA256SUMS").write_text("of a shipped one")
    with pytest.raises(ValueError, match="is a checkpoint already: choose another --out"):
        Run(small(), ALONE, tmp_path / "c", resume=False)
    assert [path.name for path in (tmp_path / "c" / "scm-vae").iterdir()] == ["SHA256SUMS"]
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cannot be a run's folder"):
        Run(small(), ALONE, tmp_path / "file", resume=False)


def test_a_run_that_is_refused_leaves_no_folder(tmp_path):
    for wrong in ("network.latent=0", "train.rates.brain=2.0"):
        with pytest.raises(ValueError, match="latent is 0|names no parameter"):
            Run(small(wrong), ALONE, tmp_path / "new", resume=False)
    with pytest.raises(ValueError, match="nothing to resume"):
        Run(small(), ALONE, tmp_path / "new", resume=True)
    assert not (tmp_path / "new").exists()


def test_what_is_normalised_over_a_batch_takes_more_than_one_picture(tmp_path):
    one = read_config("ladder-vae", ["train.batch=1"])
    with pytest.raises(ValueError, match=r"train.batch is 1: .* takes 2 units or more\.$"):
        Run(one, ALONE, tmp_path, resume=False)
    plain = read_config("ladder-vae", ["train.batch=1", "network.batch_norm=false"])
    Run(plain, ALONE, tmp_path, resume=False)
    with pytest.raises(ValueError, match="train.batch is 2"):
        Run(read_config("ladder-vae", ["train.batch=2"]), Group(0, 2, ALONE.device), tmp_path)


def test_a_run_that_is_stopped_while_it_writes_its_checkpoint_goes_on(tmp_path, monkeypatch):
    def stop(self, *_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "release", stop)
    with pytest.raises(KeyboardInterrupt):
        Run(small("train.save_every=5"), ALONE, tmp_path, resume=False).train()
    assert Run(small("train.save_every=5"), ALONE, tmp_path, resume=True).state.step == 5
