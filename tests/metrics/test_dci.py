import numpy as np
import pytest

from causal_explorer.metrics.dci import dci, disentangled
from tests.metrics.codes import CLASSES, PERFECT, TURNED, USELESS, V

HALF = len(V) // 2


def halved(z, v=V):
    return (z[:HALF], v[:HALF]), (z[HALF:], v[HALF:])


def test_dci_of_a_perfect_a_useless_and_a_turned_code():
    perfect, useless, turned = (dci(*halved(z)) for z in (PERFECT, USELESS, TURNED))
    assert min(perfect.disentanglement, perfect.completeness, perfect.informativeness) > 0.95
    assert (useless.disentanglement, useless.completeness) == (0, 0)
    assert useless.informativeness < 0.3
    assert turned.disentanglement < perfect.disentanglement - 0.3


def test_a_duplicated_unit_is_disentangled_and_less_complete():
    few = slice(0, 2)
    twice = dci(*halved(np.hstack([PERFECT[:, few]] * 2), V[:, few]))
    assert twice.disentanglement > 0.95
    assert twice.completeness == pytest.approx(0.5, abs=0.1)


def test_a_factor_that_no_unit_tells_is_not_complete():
    """All that its predictor learns by heart is of the one unit that moves."""
    z = np.stack([PERFECT[:, 0], np.zeros(len(V))], axis=1)
    found = dci(*halved(z, V[:, :2]))
    assert found.completeness == 0.5
    assert found.disentanglement == 1


def test_a_code_that_never_moves_is_neither():
    found = dci(*halved(np.ones_like(PERFECT)))
    assert (found.disentanglement, found.completeness) == (0, 0)
    error = (np.mean([1 / n * (1 - 1 / n) for n in CLASSES]) / 5 / HALF) ** 0.5
    assert found.informativeness == pytest.approx(np.mean(1 / np.array(CLASSES)), abs=5 * error)


def test_few_pictures_are_enough_where_each_tells():
    v = np.stack([np.arange(24) % 2, np.arange(24) // 2 % 2], axis=1)
    found = dci((1.0 * v, v), (1.0 * v, v))
    assert (found.disentanglement, found.completeness, found.informativeness) == (1, 1, 1)


@pytest.mark.parametrize(("learnt", "scored"), [(99, 600), (600, 99), (8, 8)])
def test_too_few_pictures_are_refused_instead_of_a_score_of_the_sample(learnt, scored):
    few, others = slice(0, learnt), slice(1_000, 1_000 + scored)
    with pytest.raises(
        ValueError, match=rf"pictures or more, 10 for each .* not {min(learnt, scored)}:"
    ):
        dci((PERFECT[few], V[few]), (PERFECT[others], V[others]))


@pytest.mark.parametrize("start", range(0, 600, 200))
def test_ten_pictures_of_each_class_are_enough_for_a_perfect_code(start):
    few, others = slice(start, start + 100), slice(start + 100, start + 200)
    found = dci((PERFECT[few], V[few]), (PERFECT[others], V[others]))
    assert min(found.disentanglement, found.completeness, found.informativeness) > 0.95


def test_a_factor_that_does_not_vary_where_it_is_scored_is_refused():
    with pytest.raises(ValueError, match="column 2 of the classes is 0 throughout"):
        dci((PERFECT, V), (PERFECT, V * [1, 1, 0, 1, 1]))


def test_a_seed_fixes_all():
    few = (TURNED[:300], V[:300])
    assert dci(few, few, 1) == dci(few, few, 1)


def test_matrices_by_hand():
    assert disentangled(np.eye(3)) == pytest.approx((1, 1))
    assert disentangled(np.ones((3, 3))) == pytest.approx((0, 0))
    twice = np.concatenate([np.eye(2), np.eye(2)])
    assert disentangled(twice) == pytest.approx((1, 0.5))
    assert disentangled(np.zeros((2, 2))) == (0, 0)


def test_units_are_weighted_by_how_much_they_matter():
    """The first unit, three of four parts, is of one factor; the second of both alike."""
    found = disentangled(np.array([[3, 0], [0.5, 0.5]]))
    shares = np.array([6, 1]) / 7
    assert found[0] == pytest.approx(0.75)
    assert found[1] == pytest.approx((1 + (shares * np.log(shares)).sum() / np.log(2)) / 2 + 0.5)


def test_scale_and_the_order_of_units_and_factors_are_nothing():
    matrix = np.random.default_rng(0).random((4, 3))
    found = pytest.approx(disentangled(matrix))
    for scale in (1e-200, 1e200):
        assert disentangled(scale * matrix) == found
    assert disentangled(matrix[::-1, [2, 0, 1]]) == found


def test_dead_units_weigh_nothing_and_untold_factors_are_not_complete():
    assert disentangled(np.array([[1, 0], [0, 1], [0, 0]])) == (1, 1)
    assert disentangled(np.array([[1, 0, 0], [0, 1, 0]])) == pytest.approx((1, 2 / 3))


@pytest.mark.parametrize("shape", [(1, 3), (3, 1), (1, 1), (0, 2)])
def test_one_unit_or_one_factor_is_one_sentence(shape):
    with pytest.raises(ValueError, match=f"two units and two factors .* {shape[0]} and {shape[1]}"):
        disentangled(np.ones(shape))


@pytest.mark.parametrize(
    "matrix", [np.ones(3), [[1, -1], [0, 1]], [[1, np.nan], [0, 1]], [[np.inf, 0], [0, 1]]]
)
def test_no_importances_are_one_sentence(matrix):
    with pytest.raises(ValueError, match="importance"):
        disentangled(np.array(matrix))


@pytest.mark.parametrize(
    ("learnt", "scored", "said"),
    [
        ((PERFECT[:, :1], V), (PERFECT[:, :1], V), "two units and two factors"),
        ((PERFECT, V[:, :1]), (PERFECT, V[:, :1]), "two units and two factors"),
        ((PERFECT, V * [1, 1, 0, 1, 1]), (PERFECT, V), "column 2 of the classes is 0"),
        ((PERFECT, V), (PERFECT[:, :4], V), "learns from 5 units"),
        ((PERFECT, V), (PERFECT, V[:, :4]), "learns from 5 units"),
        ((PERFECT, V[1:]), (PERFECT, V), "codes and"),
        ((PERFECT, V), (PERFECT[:0], V[:0]), "codes and"),
        ((PERFECT, PERFECT), (PERFECT, V), "whole numbers"),
        ((np.where(V == 0, np.nan, PERFECT), V), (PERFECT, V), "finite"),
    ],
)
def test_what_is_no_code_is_one_sentence(learnt, scored, said):
    with pytest.raises(ValueError, match=f"^DCI .*{said}") as found:
        dci(learnt, scored)
    assert "\n" not in str(found.value)
