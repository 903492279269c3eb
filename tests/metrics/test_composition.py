import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.metrics.composition import composition
from causal_explorer.metrics.paths import sampled
from causal_explorer.metrics.reversibility import reversibility
from causal_explorer.models.registry import build
from tests.metrics.small import GUMBEL, Blank, Keeper, Perfect, sprites, world_of

X, V = sprites(24)


@pytest.mark.parametrize("times", [1, 10])
def test_a_perfect_model_and_one_that_keeps_what_it_saw(times):
    """Both leave the image alone: composition does not tell them apart, effectiveness does."""
    assert composition(Perfect(), X, V, times) < 1e-6
    assert composition(Keeper(), X, V, times) < 1e-6


def test_a_useless_model_loses_every_pixel_that_is_on():
    assert composition(Blank(), X, V) == pytest.approx(float(X.mean()), abs=1e-6)


@pytest.mark.parametrize("model", [Perfect, Blank, Keeper])
@pytest.mark.parametrize("targets", [None, ("shape",)])
def test_the_noise_of_the_pixels_makes_it_zero_for_any_model(model, targets):
    """Why the decoder-mean path is reported too; and factors that are not set keep their value."""
    f = sampled(world_of(model()), GUMBEL, torch.Generator().manual_seed(0), targets)
    assert composition(f, X, V, 2) == 0


def test_distance_and_repetition():
    """A function that moves each pixel by 1/16, which floats hold exactly."""
    for times in (1, 3):
        assert composition(lambda x, v, v_cf: x + 1 / 16, X, V, times) == times / 16
    assert composition(lambda x, v, v_cf: x + (v_cf - v).sum(), X, V) == 0, "pa* = pa"


def test_null_interventions_are_repeated():
    """A model whose z grows with what it sees drifts further each time."""
    drifting = build("scm-vae", dataset_named("dsprites"), {"latent": 1}).requires_grad_(False)
    drifting.decoder.outlines.bend.fill_(0.3)
    drifting.encoder[0].weight.fill_(0.01)
    drifting.encoder[2].weight.fill_(0.05)
    assert composition(drifting, X, V, 3) > 1.1 * composition(drifting, X, V, 1)


@pytest.mark.parametrize(
    ("count", "times", "said"), [(0, 1, "no picture"), (2, 0, "times is 0"), (2, 1.5, "times is")]
)
def test_no_picture_and_no_round_are_one_sentence(count, times, said):
    x, v = X[:count], V[:count]
    with pytest.raises(ValueError, match=said):
        composition(Perfect(), x, v, times)
    with pytest.raises(ValueError, match=said):
        reversibility(Perfect(), x, v, v, times)
