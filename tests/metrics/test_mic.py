import numpy as np
import pytest

from causal_explorer.metrics.mic import mic_tic

GRIDS = 148  # of two rows and columns or more with at most 1000^0.6 = 63 cells
X = np.linspace(0, 1, 1000)
WAVE = np.sin(10 * np.pi * X) + X


@pytest.mark.parametrize(
    ("noise", "mic", "tic"),
    [(0, 1.0, 67.6612295532), (1, 0.505716693417, 28.7498326953)],
)
def test_minepys_documented_figures_are_reproduced(noise, mic, tic):
    y = WAVE + noise * np.random.RandomState(0).uniform(-1, 1, 1000)
    found = mic_tic(X, y)
    assert found[0] == pytest.approx(mic, abs=1e-11)
    assert found[1] * GRIDS == pytest.approx(tic, abs=1e-9)


def test_a_function_is_told_whole_and_independence_nearly_nothing():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1000)
    assert mic_tic(x, x**3)[0] == pytest.approx(1)
    assert mic_tic(x, x**3)[1] > 0.9
    assert mic_tic(x, rng.normal(size=1000))[0] < 0.2


def test_both_are_symmetric():
    y = WAVE + np.random.default_rng(1).normal(size=1000)
    assert mic_tic(X, y) == pytest.approx(mic_tic(y, X))


def test_a_constant_tells_nothing():
    assert mic_tic(X, np.ones(1000)) == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.parametrize("y", [np.ones(999), np.full(1000, np.nan), np.ones((10, 100))])
def test_what_is_no_pair_of_variables_is_refused(y):
    with pytest.raises(ValueError, match="two arrays of as many finite numbers"):
        mic_tic(X, y)
