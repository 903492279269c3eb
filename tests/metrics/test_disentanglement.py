import numpy as np
import pytest

from causal_explorer.metrics.dci import dci, disentangled
from causal_explorer.metrics.higgins import higgins, wilson
from causal_explorer.metrics.mig import mutual_information, mutual_information_gap

CLASSES = (3, 6, 10, 8, 8)
RNG = np.random.default_rng(0)
V = RNG.integers(CLASSES, size=(6_000, 5))
PERFECT = V / (np.array(CLASSES) - 1)
USELESS = RNG.normal(size=(6_000, 5))
TWICE = np.concatenate([PERFECT, PERFECT], axis=1)
TURNED = PERFECT @ np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]


def small(code):
    return higgins(code, CLASSES, learnt=1_000, scored=500, pairs=32)


def test_higgins_of_a_perfect_a_useless_and_a_duplicated_code():
    noise = np.random.default_rng(2)
    perfect = small(lambda v: v / (np.array(CLASSES) - 1))
    assert perfect.accuracy == 1
    assert perfect.chance == 0.2
    useless = small(lambda v: noise.normal(size=(len(v), 5)))
    assert useless.low < 0.2 < useless.high + 0.02
    assert small(lambda v: np.tile(v, 2)).accuracy == 1


def test_higgins_of_some_factors_does_not_see_that_another_two_are_one():
    """Where 0 and 2 have one unit that either moves, pairs that share one look alike."""

    def both(v):
        return np.stack([v[:, 0] / 2 + v[:, 2] / 9, v[:, 1] / 5, v[:, 3] / 7, v[:, 4] / 7], 1)

    some = higgins(both, CLASSES, learnt=1_000, scored=500, pairs=32, shared=(1, 2, 3, 4))
    assert (some.accuracy, some.chance) == (1, 0.25)
    assert small(both).accuracy < 0.98


def test_higgins_is_seeded():
    assert small(np.sin) == small(np.sin)


def test_wilsons_interval_holds_its_closed_form():
    assert wilson(50, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson(100, 100)[1] == 1
    assert wilson(0, 100)[0] == 0


def test_mig_of_a_perfect_a_useless_a_duplicated_and_a_turned_code():
    assert mutual_information_gap(PERFECT, V) > 0.97
    assert mutual_information_gap(USELESS, V) < 0.02
    assert mutual_information_gap(TWICE, V) == pytest.approx(0, abs=1e-12)
    assert mutual_information_gap(TURNED, V) < 0.5


def test_mig_does_not_see_the_order_of_units_or_pictures():
    order = np.random.default_rng(3).permutation(len(V))
    found = mutual_information_gap(TURNED[order][:, ::-1], V[order])
    assert found == pytest.approx(mutual_information_gap(TURNED, V))


def test_information_has_its_closed_forms():
    a = np.tile(np.arange(4), 25)
    b = np.repeat(np.arange(2), 50)
    assert mutual_information(a, a) == pytest.approx(np.log(4))
    assert mutual_information(a, b) == pytest.approx(0, abs=1e-3)
    assert mutual_information(a, a // 2) == pytest.approx(np.log(2))


def test_a_code_of_one_unit_has_no_gap():
    with pytest.raises(ValueError, match="MIG takes"):
        mutual_information_gap(PERFECT[:, :1], V)


def test_dci_of_a_perfect_a_useless_and_a_turned_code():
    half = len(V) // 2

    def scores(z):
        return dci((z[:half], V[:half]), (z[half:], V[half:]))

    perfect, useless, turned = scores(PERFECT), scores(USELESS), scores(TURNED)
    assert min(perfect.disentanglement, perfect.completeness, perfect.informativeness) > 0.95
    assert max(useless.disentanglement, useless.completeness) < 0.1
    assert useless.informativeness < 0.3
    assert turned.disentanglement < perfect.disentanglement - 0.3


def test_disentanglement_and_completeness_of_matrices_by_hand():
    assert disentangled(np.eye(3)) == pytest.approx((1, 1))
    assert disentangled(np.ones((3, 3))) == pytest.approx((0, 0))
    twice = np.concatenate([np.eye(2), np.eye(2)])
    assert disentangled(twice) == pytest.approx((1, 0.5))
    assert disentangled(np.zeros((2, 2))) == (0, 0)
