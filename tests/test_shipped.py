"""The shipped checkpoint does what its card says, on combinations that training never saw."""

import json

import numpy as np
import pytest
import torch

from causal_explorer import checkpoint
from causal_explorer.data import dsprites, splits
from causal_explorer.metrics.composition import composition
from causal_explorer.metrics.likelihood import likelihood
from causal_explorer.metrics.queries import random_queries
from causal_explorer.metrics.truth import truth_error

IMAGES = 4_096


@pytest.fixture(scope="module")
def held_out(explorer):
    return splits.rows("test", explorer.checkpoint.split_seed)


@pytest.fixture(scope="module")
def images(held_out):
    rows = np.random.default_rng(0).choice(held_out, IMAGES, replace=False)
    v = dsprites.classes_of(rows)
    return torch.from_numpy(v), torch.from_numpy(dsprites.render(v))


def test_held_out_loss(explorer, images):
    found = likelihood(explorer.checkpoint.model, [images], torch.Generator().manual_seed(0))
    print(f"held-out loss {found.loss:.4f} = image {found.image_nats:.4f} + KL {found.kl_nats:.4f}")
    assert found.loss <= 0.1
    assert found.loss == pytest.approx(explorer.checkpoint.metrics["test"]["loss"], abs=0.01)


@pytest.mark.parametrize("targets", [None, ("shape",)], ids=["any", "shape"])
def test_counterfactuals_are_the_truth(explorer, held_out, targets):
    queries = random_queries(held_out, 100, seed=11, targets=targets)
    error = truth_error(
        lambda query: explorer.counterfactual(query.factors, do=query.do, samples=1_001), queries
    )
    print(error)
    assert error.iou >= 0.999


@pytest.mark.parametrize("target", dsprites.FACTORS, ids=lambda target: target.name)
def test_single_counterfactuals_equal_the_truth(explorer, held_out, target):
    """All 4,096 pixels of 99 in 100 pictures."""
    queries = random_queries(held_out, 200, seed=12, targets=(target.name,))
    error = truth_error(
        lambda query: explorer.counterfactual(query.factors, do=query.do, samples=1), queries
    )
    assert error.exact >= 0.99


def test_its_weights_are_no_accident(explorer):
    model = explorer.checkpoint.model
    assert all(weight.abs().max() < 100 for weight in model.parameters())
    assert not model.reads_latent, "dSprites leaves z nothing to say"


@pytest.mark.parametrize("times", [1, 10])
def test_composition(explorer, images, times):
    v, x = images
    assert composition(explorer.checkpoint.model, x, v, times) <= 0.0005


def test_it_is_small_and_says_where_it_was_trained(explorer):
    folder = checkpoint.find("scm-vae")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 10_000_000
    for word in ("device", "training time", "versions", "commit", "held-out loss"):
        assert word in explorer.checkpoint.card
    lines = (folder / "history.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["step"] == explorer.checkpoint.config["train"]["steps"]
