import numpy as np
import pytest
import torch

from causal_explorer.data import treatment_synthetic as synthetic
from causal_explorer.data.dataset import dataset_named

COUNT = 200_000


@pytest.fixture(scope="module")
def table():
    return synthetic.SyntheticTest(COUNT).draw()


def test_effect_has_its_closed_form():
    z = np.array([0.0, 1.0])
    effect = synthetic.recovery(z, np.ones(2)) - synthetic.recovery(z, np.zeros(2))
    assert effect.mean() == pytest.approx(0.726, abs=5e-4)


def test_naive_difference_has_its_closed_form(table):
    t, y = table[:, 0], table[:, 1]
    assert y[t == 1].mean() - y[t == 0].mean() == pytest.approx(0.839, abs=4 / COUNT**0.5)


def test_moments_are_those_of_pyro(table):
    x, t, z = synthetic.render(table), table[:, 0], table[:, 2]
    for cause, spread, chance in ((0, 3, 0.25), (1, 5, 0.75)):
        own = x[z == cause]
        assert own.mean() == pytest.approx(cause, abs=5 * spread / (5 * len(own)) ** 0.5)
        assert own.std() == pytest.approx(spread, rel=0.01)
        assert t[z == cause].mean() == pytest.approx(chance, abs=4 * 0.5 / len(own) ** 0.5)


def test_pictures_are_the_five_numbers():
    dataset = dataset_named({"name": "cevae-synthetic", "units": 20})
    pictures = dataset.open(torch.device("cpu"))
    v, x = pictures(torch.arange(20))
    assert v.dtype == torch.int64
    assert x.shape == (20, *dataset.shape)
    assert torch.equal(dataset.covariates(x), x)
    units = np.column_stack([v.numpy(), pictures.hidden])
    np.testing.assert_array_equal(dataset.render(units), x.numpy())
