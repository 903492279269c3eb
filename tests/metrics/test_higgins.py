import numpy as np
import pytest

from causal_explorer.metrics.higgins import higgins, wilson
from tests.metrics.codes import CLASSES


def small(code, **settings):
    return higgins(code, CLASSES, **({"learnt": 1_000, "scored": 500, "pairs": 32} | settings))


def told(v):
    return v / (np.array(CLASSES) - 1)


def test_higgins_of_a_perfect_a_useless_and_a_duplicated_code():
    noise = np.random.default_rng(2)
    perfect = small(told)
    assert perfect.accuracy == 1
    assert perfect.chance == 0.2
    useless = small(lambda v: noise.normal(size=(len(v), 5)))
    assert useless.low < 0.2 < useless.high + 0.02
    assert small(lambda v: np.tile(v, 2)).accuracy == 1


def test_a_code_that_never_moves_scores_by_chance():
    still = small(lambda v: np.ones((len(v), 3)))
    assert still.low < 0.2 < still.high + 0.02


def test_the_scale_of_a_unit_is_nothing():
    assert small(lambda v: told(v) * 10.0 ** -np.arange(0, 75, 15)).accuracy == 1


def test_higgins_of_some_factors_does_not_see_that_another_two_are_one():
    """Where 0 and 2 have one unit that either moves, pairs that share one look alike."""

    def both(v):
        return np.stack([v[:, 0] / 2 + v[:, 2] / 9, v[:, 1] / 5, v[:, 3] / 7, v[:, 4] / 7], 1)

    some = small(both, shared=(1, 2, 3, 4))
    assert (some.accuracy, some.chance) == (1, 0.25)
    assert small(both).accuracy < 0.98


def test_pairs_share_one_factor_and_no_other():
    """A code of the first factor alone tells when it is shared, and nothing else."""
    one = small(lambda v: v[:, :1], scored=2_000)
    assert one.low < 0.4 < one.high  # 1/5 known for certain, the rest one of four


def test_a_pair_is_averaged_over_as_many_as_are_asked():
    asked = []

    def code(v):
        asked.append(len(v))
        return told(v)

    small(code, learnt=10, scored=10, pairs=7)
    assert asked == [2 * 20 * 7]


def test_higgins_is_seeded():
    single = [small(np.sin, pairs=2, seed=seed).accuracy for seed in (0, 0, 1)]
    assert single[0] == single[1] != single[2]


def test_wilsons_interval_holds_its_closed_form():
    assert wilson(50, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson(100, 100) == pytest.approx((0.9630, 1), abs=1e-4)
    assert wilson(0, 100) == pytest.approx((0, 0.0370), abs=1e-4)


@pytest.mark.parametrize("pair", [(0, 0), (3, 2), (-1, 2)])
def test_no_share_has_no_interval(pair):
    with pytest.raises(ValueError, match="is no share"):
        wilson(*pair)


@pytest.mark.parametrize(
    ("classes", "settings", "said"),
    [
        ((3,), {}, "two different factors or more"),
        ((3, 1), {}, "two different factors or more"),
        (CLASSES, {"shared": (1,)}, "two different factors or more"),
        (CLASSES, {"shared": (1, 1)}, "two different factors or more"),
        (CLASSES, {"shared": (0, 5)}, "two different factors or more"),
        (CLASSES, {"learnt": 0}, "learnt is 0"),
        (CLASSES, {"learnt": 1}, "learnt is 1: no two"),
        (CLASSES, {"scored": 0}, "scored is 0"),
        (CLASSES, {"pairs": 0}, "pairs is 0"),
        (CLASSES, {"pairs": 2.5}, "pairs is 2.5"),
    ],
)
def test_nothing_to_tell_apart_is_one_sentence(classes, settings, said):
    with pytest.raises(ValueError, match=said) as found:
        higgins(lambda v: 1.0 * v, classes, **({"learnt": 50, "scored": 10} | settings))
    assert "\n" not in str(found.value)


def test_a_factor_of_one_class_may_be_beside_those_that_are_shared():
    some = higgins(lambda v: 1.0 * v, (3, 1, 4), learnt=400, scored=100, shared=(0, 2))
    assert (some.accuracy, some.chance) == (1, 0.5)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (lambda v: v[:, 0], "it gives"),
        (lambda v: v[1:], "it gives"),
        (lambda v: v[:, :0], "it gives"),
        (lambda v: np.where(v == 0, np.nan, v), "infinite or none"),
    ],
)
def test_what_is_no_code_is_one_sentence(code, said):
    with pytest.raises(ValueError, match=f"code gave .*{said}"):
        small(code, learnt=50, scored=10)
