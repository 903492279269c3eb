import numpy as np
import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.metrics.active_units import active, moving, unit_kl
from causal_explorer.models.registry import build


@pytest.fixture
def model():
    torch.manual_seed(0)
    settings = {"sizes": [4, 3, 2], "hidden": [8, 8, 8], "features": 2, "batch_norm": False}
    return build("ladder-vae", dataset_named("dsprites"), settings).eval()


def seeded():
    return torch.Generator().manual_seed(0)


def collapse(model):
    """The top says what its prior says, and every other layer's likelihood has no precision."""
    for i, seen in enumerate(model.seen):
        torch.nn.init.zeros_(seen.layer.weight)
        mean, raw = seen.layer.bias.data.chunk(2)
        top = i == len(model.seen) - 1
        mean.zero_()
        raw.fill_(np.log(np.e - 1) if top else 1e9)  # softplus of which is 1, and vague


def test_a_collapsed_model_has_no_active_unit(model):
    collapse(model)
    kl = unit_kl(model, [torch.rand(6, 64, 64)], seeded())
    assert [len(each) for each in kl] == [4, 3, 2]
    assert max(np.abs(each).max() for each in kl) < 1e-4
    assert active(kl) == [0, 0, 0]


def test_a_unit_that_moves_by_one_costs_half_a_nat(model):
    """N(±1, 1) against N(0, 1)."""
    collapse(model)
    model.seen[-1].layer.bias.data[1] = 1.0
    kl = unit_kl(model, [torch.rand(6, 64, 64)], seeded())
    assert kl[-1] == pytest.approx([0, 0.5], abs=1e-3)
    assert active(kl) == [0, 0, 1]


def test_batches_of_any_size_give_the_same(model):
    model.ladder = True
    x = torch.rand(7, 64, 64)
    apart = [unit_kl(model, x.split(size), seeded()) for size in (7, 1)]
    top = [each[-1] for each in apart]  # it needs no draw
    np.testing.assert_allclose(*top, rtol=1e-5)


def test_the_threshold_is_a_hundredth_of_a_nat():
    kl = [np.array([0.02, 0.01, -0.3]), np.zeros(2)]
    assert active(kl) == [1, 0]


def test_means_that_move_are_told_from_those_that_stand():
    rng = np.random.default_rng(0)
    perfect, useless, faint = rng.normal(size=500), np.ones(500), 0.05 * rng.normal(size=500)
    assert moving(np.stack([perfect, useless, faint], axis=1)).tolist() == [True, False, False]


def test_nothing_to_measure_is_refused(model):
    with pytest.raises(ValueError, match="There is no picture"):
        unit_kl(model, [], seeded())
    with pytest.raises(ValueError, match="There is no picture"):
        unit_kl(model, [torch.rand(0, 64, 64)], seeded())
    with pytest.raises(ValueError, match="finite nats"):
        active([np.array([0.5, np.nan])])
    for means in (np.zeros((1, 3)), np.zeros(3), np.full((4, 3), np.nan), np.full((4, 3), np.inf)):
        with pytest.raises(ValueError, match="two pictures or more"):
            moving(means)
