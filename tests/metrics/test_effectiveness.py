import itertools

import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.metrics.effectiveness import Shown, effectiveness
from causal_explorer.metrics.queries import random_queries
from causal_explorer.metrics.reader import Reader

NAMES = tuple(factor.name for factor in dsprites.FACTORS)
PLACES = (3, 4, 20, 21)
ALL = np.array(list(itertools.product(range(3), range(6), range(40), PLACES, PLACES)))
READER = Reader(dsprites.render_packed(ALL), ALL)
COUNT = 200


def queries(target):
    """Before and after do(), (N, 5) each, within what the reader knows."""
    asked = random_queries(dsprites.index(ALL), 4 * COUNT, 1, (target,))
    before = np.array([list(q.factors.values()) for q in asked])
    after = np.array([list((q.factors | q.do).values()) for q in asked])
    known = np.isin(after[:, 3:], PLACES).all(1)
    return before[known][:COUNT], after[known][:COUNT]


def measure(paint):
    """Effectiveness of a model that makes of (before, after) a table of what it paints."""
    shown = {}
    for target in NAMES:
        before, after = queries(target)
        shown[target] = Shown(dsprites.render(paint(before, after)) > 0, after)
    return effectiveness(NAMES, shown, READER)


def test_a_perfect_model():
    found = measure(lambda before, after: after)
    assert np.array(found.matrix).tolist() == np.ones((5, 5)).tolist()
    assert found.drawn == (1,) * 5
    assert found.factors == found.targets == NAMES
    assert set(found.diagonal.values()) == {1}


def test_a_model_that_keeps_the_factual_image_is_caught_on_the_diagonal_only():
    """But for turns that draw the same picture: those of squares and ellipses."""
    found = measure(lambda before, after: before)
    matrix = np.array(found.matrix)
    for name, share in found.diagonal.items():
        assert share <= (0.1 if name == "orientation" else 0)
    assert (matrix[~np.eye(5, dtype=bool)] == 1).all()


def test_a_leak_shows_off_the_diagonal():
    """do(shape) moves posX along."""

    def leaks(before, after):
        changed = (before != after)[:, 0]
        painted = after.copy()
        painted[changed, 3] = np.where(after[changed, 3] == 3, 20, 3)
        return painted

    found = measure(leaks)
    assert found.diagonal == dict.fromkeys(NAMES, 1)
    assert found.matrix[3][0] == 0
    assert sum(map(sum, found.matrix)) == 24


def test_a_useless_model_is_right_by_chance():
    """A blank picture is read as one sprite, not as all that are as near."""
    wanted = {target: queries(target)[1] for target in NAMES}
    dark = {t: Shown(np.zeros((len(v), 64, 64), bool), v) for t, v in wanted.items()}
    found = effectiveness(NAMES, dark, READER)
    assert found.drawn == (0,) * 5
    assert found.matrix[0][0] == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / found.queries[0]))
    for target in NAMES[3:]:
        assert found.diagonal[target] < 0.6


def test_columns_are_targets_and_rows_are_factors_read():
    before, after = queries("scale")
    wrong = after.copy()
    wrong[:, 4] = np.where(after[:, 4] == 3, 20, 3)
    found = effectiveness(NAMES, {"scale": Shown(dsprites.render(wrong) > 0, after)}, READER)
    assert [row[0] for row in found.matrix] == [1, 1, 1, 1, 0]
    assert found.targets == ("scale",)
    assert found.queries == (len(before),)


@pytest.mark.parametrize(
    ("pictures", "wanted"), [((0, 64, 64), (0, 5)), ((2, 64, 64), (3, 5)), ((2, 64, 64), (2, 4))]
)
def test_pictures_without_their_classes_are_one_sentence(pictures, wanted):
    shown = Shown(np.zeros(pictures, bool), np.zeros(wanted, int))
    with pytest.raises(ValueError, match="it takes one picture or more, with 5 classes each"):
        effectiveness(NAMES, {"scale": shown}, READER)


def test_no_target_is_one_sentence():
    with pytest.raises(ValueError, match="holds no target"):
        effectiveness(NAMES, {}, READER)
