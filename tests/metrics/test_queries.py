import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.metrics.queries import random_queries

ROWS = np.arange(0, dsprites.COUNT, 101)


def test_every_target_is_forced_to_change():
    for query in random_queries(ROWS, 500):
        assert query.do
        for name, value in query.do.items():
            assert value != query.factors[name]


def test_orientations_that_draw_the_same_picture_are_no_change():
    first = np.flatnonzero(dsprites.classes_of(np.arange(dsprites.COUNT))[:, 2] == 0)[:50]
    for query in random_queries(first, 500, targets=("orientation",)):
        assert query.do["orientation"] not in (0, 39)


def test_one_to_three_targets_all_occur_and_all_factors():
    queries = random_queries(ROWS, 500)
    assert {len(query.do) for query in queries} == {1, 2, 3}
    assert {name for query in queries for name in query.do} == set(queries[0].factors)


def test_targets_can_be_fixed_and_a_seed_fixes_all():
    assert all(set(q.do) == {"shape"} for q in random_queries(ROWS, 20, targets=("shape",)))
    assert random_queries(ROWS, 20, seed=1) == random_queries(ROWS, 20, seed=1)
    assert random_queries(ROWS, 20, seed=1) != random_queries(ROWS, 20, seed=2)


def test_sprites_come_from_the_rows():
    row = dsprites.index(np.array([[1, 2, 3, 4, 5]]))
    query = random_queries(row, 1)[0]
    assert query.factors == {"shape": 1, "scale": 2, "orientation": 3, "posX": 4, "posY": 5}


def test_rows_must_be_there():
    with pytest.raises(ValueError, match="rows is empty: there is no sprite"):
        random_queries(np.array([], dtype=int), 1)
    assert random_queries(ROWS, 0) == []
    with pytest.raises(ValueError, match="count is -1"):
        random_queries(ROWS, -1)


def test_an_unknown_target_is_one_sentence():
    with pytest.raises(ValueError, match="factor='hue' is unknown"):
        random_queries(ROWS, 1, targets=("hue",))
