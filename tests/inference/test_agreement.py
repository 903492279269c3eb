import math

import numpy as np
import pytest

from causal_explorer.inference.agreement import iou, l1


def square(first, last):
    picture = np.zeros((64, 64))
    picture[first:last, first:last] = 1
    return picture


def test_a_perfect_a_shifted_and_a_useless_density():
    truth = square(10, 20)
    assert (iou(truth, truth), l1(truth, truth)) == (1, 0)
    assert iou(square(15, 25), truth) == pytest.approx(25 / 175)
    assert iou(square(40, 50), truth) == 0
    assert l1(1 - truth, truth) == 1


def test_nothing_against_nothing_counts_neither_way():
    assert math.isnan(iou(np.full((64, 64), 0.5), np.zeros((64, 64))))
    assert iou(np.zeros((64, 64)), square(0, 1)) == 0
