import math
from types import SimpleNamespace

import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.inference.agreement import iou, l1
from causal_explorer.metrics.queries import random_queries
from causal_explorer.metrics.truth import truth_error

QUERIES = random_queries(np.arange(0, dsprites.COUNT, 997), 40)


def picture(classes):
    return dsprites.render(np.array([list(classes.values())]))[0].astype(float)


def answer(density, truth):
    return SimpleNamespace(
        density=density, truth=truth, iou=iou(density, truth), l1=l1(density, truth)
    )


def test_a_perfect_model():
    error = truth_error(lambda q: answer(*[picture(q.factors | q.do)] * 2), QUERIES)
    assert (error.iou, error.worst_iou, error.l1, error.exact) == (1, 1, 0, 1)
    assert (error.queries, error.empty) == (40, 0)


def test_a_model_that_does_nothing_is_not_rewarded():
    error = truth_error(lambda q: answer(picture(q.factors), picture(q.factors | q.do)), QUERIES)
    assert error.iou < 0.8
    assert error.exact == 0


def test_a_useless_model():
    error = truth_error(
        lambda q: answer(np.full((64, 64), 0.4), picture(q.factors | q.do)), QUERIES
    )
    assert (error.iou, error.exact, error.empty) == (0, 0, 0)
    assert error.l1 == pytest.approx(0.4, abs=0.05)


def test_empty_pictures_are_counted_and_left_out():
    faint = np.full((64, 64), 0.1)
    error = truth_error(lambda q: answer(faint, faint), QUERIES[:3])
    assert math.isnan(error.iou)
    assert error.empty == 3
