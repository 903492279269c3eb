"""MIC and TIC against minepy 1.2.6, closed forms, and what no order of points may change.

minepy's own figures were computed once, outside the package: its licence is the GPL, its wheel does
not build, its C source does. To ask it again, in a fresh environment with setuptools 69 and numpy:

    pip download --no-deps --no-binary :all: --no-build-isolation minepy==1.2.6
    tar xzf minepy-1.2.6.tar.gz
    CAUSAL_EXPLORER_MINEPY=minepy-1.2.6 pytest tests/metrics/test_mic.py
"""

import ctypes
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from causal_explorer.metrics import mic
from causal_explorer.metrics.mic import mic_tic

GRIDS = 148  # of two rows and columns or more with at most 1000^0.6 = 63 cells
X = np.linspace(0, 1, 1000)
WAVE = np.sin(10 * np.pi * X) + X
K = np.arange(40)
HALVES = np.repeat([0, 1], 20)
TIED = {  # x, y, and minepy's MIC_approx and normalised TIC at α = 0.6, c = 15
    "two by two": (HALVES, np.where(K % 20 < 16, HALVES, 1 - HALVES), 0.2780719051126378),
    "few values": (K % 3, K % 7, 0.009378238353286506, 0.005542505084584618),
    "five and eleven": (K % 5, K * K % 11, 0.0735360717411588, 0.04896047736623891),
    "ties on one axis": (K // 4, np.sin(K), 0.15212283558625186, 0.07579230876996577),
    "one large tie": (np.minimum(K, 25), K % 6, 0.22377771184617634, 0.11640967653422322),
    "eight points": (K[:8] // 2, (K[:8] + 1) // 2 % 4, 0.3112781244591329),
    "almost constant": (K // 39, K % 4, 0.0514120330993503),
}


def permuted(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order], y[order]


def drawn(seed):
    """A pair of variables with many ties, with few, or with none."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(8, 120))
    x, y = rng.normal(size=(2, count)) * rng.integers(1, 5, (2, 1))
    y = y + rng.integers(0, 2) * x
    return (np.round(x), np.round(y, rng.integers(0, 2)), x, y)[seed % 3 :][:2]


@pytest.mark.parametrize(
    ("noise", "most", "tic"),
    [(0, 1.0, 67.6612295532), (1, 0.505716693417, 28.7498326953)],
)
def test_minepys_documented_figures_are_reproduced(noise, most, tic):
    y = WAVE + noise * np.random.RandomState(0).uniform(-1, 1, 1000)
    found = mic_tic(X, y)
    assert found[0] == pytest.approx(most, abs=1e-11)
    assert found[1] * GRIDS == pytest.approx(tic, abs=1e-9)


@pytest.mark.parametrize("name", TIED)
def test_where_values_tie_it_is_minepys_too(name):
    x, y, most, *tic = TIED[name]
    expected = pytest.approx((most, *(tic or [most])), abs=1e-12)
    assert mic_tic(x, y) == expected
    assert mic_tic(y, x) == expected
    assert mic_tic(*permuted(x, y, 10)) == expected


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_points_and_of_axes_is_nothing(seed):
    x, y = drawn(seed)
    found = mic_tic(x, y)
    assert mic_tic(*permuted(x, y, seed)) == found
    assert mic_tic(x[::-1], y[::-1]) == found
    assert mic_tic(y, x) == pytest.approx(found, abs=1e-12)
    assert 0 <= found[1] <= found[0] <= 1


@pytest.mark.parametrize("seed", range(6))
def test_only_the_ranks_count(seed):
    x, y = drawn(seed)
    assert mic_tic(np.exp(x / 10), 1e300 * y) == mic_tic(x, y)
    assert mic_tic(x, np.clip(y, -1, 1)) == mic_tic(3 * x - 7, np.clip(y, -1, 1))


def test_a_tie_in_several_rows_is_not_cut_and_one_in_a_single_row_joins_its_neighbours():
    """Three ties of four: the middle one lies in both rows, so that I = log 2 − ⅔ H(¼)."""
    left = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    found = mic_tic(np.repeat([0, 1, 2], 4), np.repeat([0, 1], 6))
    assert found[0] == pytest.approx(1 - 2 / 3 * left / np.log(2))
    whole = (np.log(3) - 2 / 3 * np.log(2)) / np.log(2)  # H(⅓), which is all there is to tell
    found = mic_tic(np.repeat([0, 1, 2], 4), np.repeat([0, 1], [4, 8]))
    assert found[0] == pytest.approx(whole)


@pytest.mark.parametrize("most", [15, 30, 31, 40])
def test_there_are_as_many_clumps_as_may_be(most):
    """31 points of alternating rows are a clump each; where that is too many they are joined."""
    ends = mic._clumps(np.arange(31) % 2, np.arange(31.0), most)
    assert len(ends) - 1 == min(31, most)
    assert ends[-1].tolist() == [16, 15]


def test_a_function_is_told_whole_and_independence_nearly_nothing():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1000)
    assert mic_tic(x, x**3)[0] == pytest.approx(1)
    assert mic_tic(x, x**3)[1] > 0.9
    assert mic_tic(x, rng.normal(size=1000))[0] < 0.2


def test_classes_that_are_told_whole_score_one_however_few_they_are():
    """A row that was wished for, and is not there, does not count against them."""
    for classes in (2, 3):
        v = np.arange(42) % classes
        assert mic_tic(v, v)[0] == pytest.approx(1)
    assert mic_tic(HALVES, 5 - HALVES) == pytest.approx((1, 1))


def test_duplicated_points_keep_a_whole_relation_whole():
    x = np.repeat(np.arange(30), 3)
    assert mic_tic(x, x**2)[0] == pytest.approx(1)


def test_a_constant_tells_nothing():
    assert mic_tic(X, np.ones(1000)) == mic_tic(np.ones(1000), X) == (0, 0)
    assert mic_tic(np.zeros(8), np.zeros(8)) == (0, 0)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        *((X, y) for y in (np.ones(999), np.full(1000, np.nan), np.ones((10, 100)))),
        (np.arange(7), np.arange(7)),
        (np.zeros(0), np.zeros(0)),
        (np.append(X[1:], np.inf), X),
    ],
)
def test_what_is_no_pair_of_variables_is_refused(x, y):
    with pytest.raises(
        ValueError, match="two arrays of as many finite numbers, 8 or more"
    ) as found:
        mic_tic(x, y)
    assert str(x.shape) in str(found.value)


@pytest.mark.parametrize("x", [["a"] * 10, [[1], [1, 2]] * 5])
def test_what_are_no_numbers_are_refused_in_our_words(x):
    with pytest.raises(ValueError, match=r"^x or y is no array of numbers"):
        mic_tic(x, x)


@pytest.mark.skipif(
    "CAUSAL_EXPLORER_MINEPY" not in os.environ, reason="minepy's source is not here"
)
def test_it_equals_minepys_c_source(tmp_path):
    source = Path(os.environ["CAUSAL_EXPLORER_MINEPY"]) / "libmine/mine.c"
    built = tmp_path / "mine.so"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", built, source, "-lm"], check=True)
    mine = ctypes.CDLL(str(built))
    mine.mine_compute_score.restype = ctypes.c_void_p
    mine.mine_mic.restype = mine.mine_tic.restype = ctypes.c_double
    for seed in range(200):
        x, y = drawn(seed)
        assert mic_tic(x, y) == pytest.approx(minepy(mine, x, y), abs=1e-12), seed


def minepy(mine, x, y):
    """MIC and the normalised TIC, of the approximate estimator."""
    pairs = [np.ascontiguousarray(side, float) for side in (x, y)]
    numbers = ctypes.POINTER(ctypes.c_double)

    class Problem(ctypes.Structure):
        _fields_ = (("n", ctypes.c_int), ("x", numbers), ("y", numbers))

    class Parameter(ctypes.Structure):
        _fields_ = (("alpha", ctypes.c_double), ("c", ctypes.c_double), ("est", ctypes.c_int))

    problem = Problem(len(x), *(side.ctypes.data_as(numbers) for side in pairs))
    parameter = Parameter(0.6, 15.0, 0)
    score = ctypes.c_void_p(mine.mine_compute_score(ctypes.byref(problem), ctypes.byref(parameter)))
    found = mine.mine_mic(score), mine.mine_tic(score, 1)
    mine.mine_free_score(ctypes.byref(score))
    return found
