import pytest
import torch

from causal_explorer.metrics.paths import sampled
from causal_explorer.metrics.reversibility import reversibility
from tests.metrics.small import GUMBEL, Blank, Keeper, Perfect, rendered, sprites, world_of

X, V = sprites(24)
_, V_CF = sprites(24, seed=1)


def path(model, name):
    if name == "decoder mean":
        return model
    return sampled(world_of(model), GUMBEL, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", ["decoder mean", "sampled"])
@pytest.mark.parametrize("times", [1, 10])
def test_a_perfect_model(name, times):
    assert reversibility(path(Perfect(), name), X, V, V_CF, times) < 1e-6


def test_a_useless_model_loses_every_pixel_that_is_on():
    found = reversibility(Blank(), X, V, V_CF)
    assert found == pytest.approx(float(X.mean()), abs=1e-6)


def test_a_useless_model_that_keeps_the_noise_of_the_pixels_looks_perfect():
    """p' = p everywhere, so no pixel changes: the sampled path alone does not suffice."""
    assert reversibility(path(Blank(), "sampled"), X, V, V_CF) < 1e-6


def test_a_model_that_does_nothing_looks_perfect_too():
    """Which is why effectiveness belongs beside it."""
    assert reversibility(lambda x, v, v_cf: x, X, V, V_CF, 10) == 0


def test_a_model_that_forgets_the_way_back_is_caught():
    """There it paints the truth; asked back, it stays where it is."""

    def forgets(x, v, v_cf):
        return rendered(v_cf) if torch.equal(v, V) else x

    assert reversibility(forgets, X, V, V_CF) == float((rendered(V_CF) - X).abs().mean()) > 0.01


def test_what_the_keeper_remembers_is_what_it_is_told_on_the_way():
    """There, z says pa; back, z says pa*, so it ends with the picture of pa*."""
    found = reversibility(Keeper(), X, V, V_CF)
    assert found == pytest.approx(float((rendered(V_CF) - X).abs().mean()), abs=1e-6)


def test_round_trips_are_repeated():
    """Each step adds 1/16, which floats hold exactly."""
    for times in (1, 3):
        assert reversibility(lambda x, v, v_cf: x + 1 / 16, X, V, V_CF, times) == 2 * times / 16
