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
    on = np.array([picture(q.factors | q.do).mean() for q in QUERIES])
    assert error.iou == pytest.approx((0.4 * on / (0.4 + 0.6 * on)).mean())
    assert (error.exact, error.empty) == (0, 0)
    assert error.l1 == pytest.approx(0.4, abs=0.05)


def test_a_dark_model():
    error = truth_error(lambda q: answer(np.zeros((64, 64)), picture(q.factors | q.do)), QUERIES)
    assert (error.iou, error.worst_iou, error.exact, error.empty) == (0, 0, 0, 0)


def test_pictures_without_an_outline_are_counted_and_are_not_equal_outlines():
    faint = np.full((64, 64), 0.1)
    error = truth_error(lambda q: answer(faint, faint), QUERIES[:3])
    assert (error.iou, error.empty) == (1, 3)
    assert math.isnan(error.exact)
    mixed = iter([faint, np.ones((64, 64)), faint])
    error = truth_error(lambda q: answer(*[next(mixed)] * 2), QUERIES[:3])
    assert (error.exact, error.empty) == (1, 2)


def test_rounding_does_not_decide_a_pixel_that_stands_at_one_half():
    truth = np.zeros((64, 64))
    truth[:8], truth[8] = 1, 0.5
    for error in (-4e-8, 4e-8):
        found = truth_error(lambda q, e=error: answer(np.abs(truth + e), truth), QUERIES[:1])
        assert found.exact == 1
        assert found.iou > 1 - 1e-6
    wrong = truth.copy()
    wrong[9, 0] = 0.6
    assert truth_error(lambda q: answer(wrong, truth), QUERIES[:1]).exact == 0
    assert truth_error(lambda q: answer(0.6 * truth + 0.2, truth), QUERIES[:1]).exact == 1
    assert truth_error(lambda q: answer(0.4 * truth, truth), QUERIES[:1]).exact == 0


def test_means_and_the_worst_are_over_queries():
    full = np.ones((64, 64))
    shares = iter([1.0, 0.25, 0.5])
    error = truth_error(lambda q: answer(next(shares) * full, full), QUERIES[:3])
    assert (error.iou, error.worst_iou) == pytest.approx((1.75 / 3, 0.25))
    assert error.l1 == pytest.approx(1.25 / 3)
    assert error.exact == pytest.approx(1 / 3)  # 0.5 is not above it


def test_no_query_is_one_sentence():
    with pytest.raises(ValueError, match="There is no query"):
        truth_error(lambda q: answer(picture(q.factors), picture(q.do)), [])


def test_queries_without_a_known_truth_have_no_error():
    error = truth_error(lambda q: answer(np.ones((64, 64)), np.full((64, 64), np.nan)), QUERIES[:2])
    assert math.isnan(error.iou)
    assert math.isnan(error.worst_iou)
