"""One contract for every model and data set: what the trainer, checkpoints and users rely on."""

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer import checkpoint
from causal_explorer.data.dataset import DATASETS, dataset_named
from causal_explorer.models.base import REQUESTS
from causal_explorer.models.registry import MODELS, build
from train.config import CONFIGS, read_config

IDS = sorted(path.stem for path in CONFIGS.glob("*.toml"))
BATCH = 12
NEEDS_FILES = {"celeba"}  # data sets of pictures that the user has to bring


@pytest.fixture(scope="module")
def opened_sets(cache):
    """The pictures of each data set, opened once."""
    found = {}

    def pictures(spec):
        dataset = dataset_named(spec)
        if dataset.name not in found:
            found[dataset.name] = dataset.open(torch.device("cpu"))
        return dataset, found[dataset.name]

    return pictures


@pytest.fixture(params=IDS)
def learner(request, opened_sets):
    """A fresh model with a batch that it can learn from, and the config that says so."""
    config = read_config(request.param)
    dataset, pictures = opened_sets(config.data)
    torch.manual_seed(0)
    model = build(config.model, dataset, config.network)
    rows = pictures.rows("train")[:: max(1, len(pictures.rows("train")) // BATCH)][:BATCH]
    model.prepare(pictures, 0)
    return model, pictures(torch.from_numpy(rows)), config


def test_every_model_and_every_data_set_has_a_config():
    configs = [read_config(name) for name in IDS]
    assert {config.model for config in configs} == set(MODELS)
    assert {dataset_named(c.data).name for c in configs} == set(DATASETS) - NEEDS_FILES


def test_the_loss_is_one_finite_number_and_moves_every_weight(learner):
    model, (v, x), _ = learner
    model.train()
    model.begin(0.5)
    loss = model.loss(v, x)
    assert loss.shape == ()
    assert torch.isfinite(loss)
    loss.backward()
    still = [
        name
        for name, weight in model.named_parameters()
        if weight.requires_grad and (weight.grad is None or not torch.isfinite(weight.grad).all())
    ]
    assert still == []


def test_the_same_seed_gives_the_same_loss(learner):
    model, (v, x), _ = learner
    losses = []
    for _ in range(2):
        torch.manual_seed(3)
        model.eval()
        losses.append(float(model.loss(v, x).detach()))
    assert losses[0] == losses[1]


def test_a_checkpoint_gives_the_same_model_back(learner, tmp_path):
    model, (v, x), config = learner
    checkpoint.write(tmp_path / config.id, model, config.as_dict(), {}, "", "# card")
    found = checkpoint.read(tmp_path / config.id, type(model)).model
    losses = []
    for one in (model.eval(), found):
        torch.manual_seed(3)
        losses.append(float(one.loss(v, x).detach()))
    assert losses[0] == losses[1]


@pytest.mark.parametrize("name", sorted(set(DATASETS) - NEEDS_FILES))
def test_a_data_set_draws_what_its_shape_says(name, opened_sets):
    dataset, pictures = opened_sets(name)
    rows = {split: pictures.rows(split) for split in ("train", "validation", "test")}
    assert all(len(own) > 0 for own in rows.values())
    assert len(np.unique(np.concatenate(list(rows.values())))) == sum(map(len, rows.values()))
    v, x = pictures(torch.from_numpy(rows["test"][:5]))
    assert v.shape == (5, len(dataset.variables))
    colour = len(dataset.shape) == 3
    assert x.shape[1:] == ((dataset.shape[2], *dataset.shape[:2]) if colour else dataset.shape)


@pytest.mark.parametrize("name", checkpoint.shipped_models())
def test_a_model_answers_what_it_tells_and_refuses_the_rest_with_the_reason(name):
    opened = ce.load(name)
    assert opened.may
    for request in REQUESTS:
        own = getattr(type(opened), request, None)
        inherited = getattr(ce.Opened, request)
        if request not in opened.may:
            assert own is inherited
            with pytest.raises(ce.RefusedError, match=r"does not .+: .{20,}\.$"):
                getattr(opened, request)()
        else:
            assert own is not inherited
    assert bool(opened.targets) == ("intervention" in opened.may)


def test_a_network_that_serves_others_is_not_asked():
    with pytest.raises(ValueError, match="serves others"):
        ce.load("recogniser")


@pytest.mark.parametrize("story", ["nonsense", "chain", None])
def test_a_story_is_refused_where_nobody_reads_it(story):
    with pytest.raises(ValueError, match=r"^story is .*: causal-vae takes none"):
        ce.load("causal-vae", story=story)
    assert ce.load("causal-vae", story="default").may
