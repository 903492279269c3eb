import copy

import pyro
import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.metrics.terms import terms
from causal_explorer.models.cevae import OUTCOMES
from causal_explorer.models.registry import build

SMALL = {"latent": 2, "hidden": 8, "layers": 2}
CPU = torch.device("cpu")


def prepared(name, **network):
    torch.manual_seed(0)
    dataset = dataset_named({"name": name, "units": 400})
    model = build("cevae", dataset, SMALL | network)
    pictures = dataset.open(CPU)
    model.prepare(pictures, 0)
    return model, pictures


@pytest.fixture(scope="module")
def synthetic():
    return prepared("cevae-synthetic")


@pytest.fixture(scope="module")
def sprites():
    return prepared("treatment", outcome="normal")


def test_loss_is_the_sum_of_its_terms(synthetic, sprites):
    for model, pictures in (synthetic, sprites):
        unit = pictures(torch.arange(30))
        torch.manual_seed(1)
        loss = model.loss(*unit)
        torch.manual_seed(1)
        total = sum(each.mean() for each in model.terms(*unit).values())
        torch.testing.assert_close(loss, total)
        assert all(each.shape == (30,) for each in model.terms(*unit).values())


@pytest.mark.parametrize("family", [name for name in OUTCOMES if name != "bernoulli"])
def test_each_family_learns_and_answers_in_the_unit_of_the_outcome(family):
    model, pictures = prepared("treatment", outcome=family)
    v, x = pictures(torch.arange(64))
    model.loss(v, x).backward()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)
    assert sum(p.grad is None for p in model.parameters()) == 0
    outcomes = model.outcomes(x, 3)
    assert outcomes.shape == (64, 2)
    assert outcomes.isfinite().all()


def test_whitening_is_kept_with_the_weights(sprites):
    model, pictures = sprites
    rows = torch.from_numpy(pictures.rows("train"))
    v, x = pictures(rows)
    features = model.features(x)
    torch.testing.assert_close(features.mean(0), torch.zeros(64), atol=1e-4, rtol=0)
    torch.testing.assert_close(features.std(0), torch.ones(64), atol=1e-2, rtol=0)
    assert float(model.outcome_loc) == pytest.approx(float(v[:, 1].mean()), rel=1e-5)
    fresh = build("cevae", dataset_named({"name": "treatment", "units": 400}), _normal())
    fresh.load_state_dict(model.state_dict())
    assert torch.equal(fresh.features(x), features)


def _normal():
    return SMALL | {"outcome": "normal"}


def test_effects_are_those_of_pyro(synthetic):
    model, pictures = synthetic
    _, x = pictures(torch.arange(4))
    torch.manual_seed(0)
    outcomes = model.outcomes(x, 4_000)
    ours = outcomes[:, 1] - outcomes[:, 0]
    with pyro.get_param_store().scope():
        # Pyro's ite() draws as many t as there are units: a plate of draws is a unit repeated.
        theirs = torch.stack([model.pyro.ite(one.expand(4_000, -1), 1).mean() for one in x])
    assert ours.std() > 0
    torch.testing.assert_close(ours, theirs, atol=4 * 0.5 / 4_000**0.5, rtol=0)


def test_models_live_side_by_side(synthetic):
    model, pictures = synthetic
    unit = pictures(torch.arange(20))
    other = copy.deepcopy(model)
    with torch.no_grad():
        for weight in other.parameters():
            weight.add_(0.1)
    before = terms(model, [unit]).loss
    changed = terms(other, [unit]).loss
    assert terms(model, [unit]).loss == before != changed
    assert len(pyro.get_param_store()) == 0


def test_what_it_cannot_learn_is_refused():
    with pytest.raises(ValueError, match="the data set dsprites has none"):
        build("cevae", dataset_named("dsprites"), {})
    with pytest.raises(ValueError, match="a quantity: it takes normal.*outcome is 'bernoulli'"):
        build("cevae", dataset_named("treatment"), {"outcome": "bernoulli"})
    with pytest.raises(ValueError, match="0 or 1: it takes bernoulli, outcome is 'normal'"):
        build("cevae", dataset_named("cevae-synthetic"), {"outcome": "normal"})
    with pytest.raises(ValueError, match="outcome is 'gamma': it takes one of bernoulli, exp"):
        build("cevae", dataset_named("treatment"), {"outcome": "gamma"})
    with pytest.raises(ValueError, match="layers is 1: the guide's networks take 2 or more"):
        build("cevae", dataset_named("treatment"), {"layers": 1})
    with pytest.raises(ValueError, match="latent is 0: it takes a whole number from 1"):
        build("cevae", dataset_named("treatment"), {"latent": 0})
