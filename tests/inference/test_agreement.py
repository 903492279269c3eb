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


def test_it_is_the_intersection_over_the_union_of_pictures_of_0_and_1():
    rng = np.random.default_rng(0)
    for _ in range(20):
        one, other = rng.random((2, 64, 64)) < rng.random((2, 1, 1))
        expected = (one & other).sum() / (one | other).sum()
        assert iou(one.astype(np.uint8), other.astype(np.float32)) == expected


def test_an_answer_that_is_nearly_right_cannot_fail_wherever_its_pixels_stand():
    """1 − IoU = Σ |d − t| / Σ max(d, t), so an error of ε a pixel costs 4,096 ε / Σ t at most."""
    rng = np.random.default_rng(0)
    for level in (1.0, 0.5, 0.1, 1e-3):
        truth = level * square(10, 40)
        near = np.clip(truth + 4e-8 * rng.uniform(-1, 1, truth.shape), 0, 1)
        assert 1 - iou(near, truth) <= 4_096 * 4e-8 / truth.sum()
        assert 1 - iou(near, truth) == pytest.approx(
            np.abs(near - truth).sum() / np.maximum(near, truth).sum(), rel=1e-6
        )


def test_a_dark_and_a_grey_answer_cannot_pass_however_faint_the_truth_is():
    for level in (1.0, 0.5, 0.1, 1e-3):
        truth = level * square(20, 30)
        assert iou(np.zeros((64, 64)), truth) == 0
        assert iou(np.full((64, 64), truth.mean()), truth) < 0.05
        assert iou(np.ones((64, 64)), truth) == pytest.approx(truth.mean())


def test_faint_pixels_count_beside_few_that_are_bright():
    truth = 0.4 * square(0, 60) + 0.6 * square(0, 2)
    bright = square(0, 2)
    assert iou(bright, truth) == pytest.approx(4 / (0.4 * 3_600 + 0.6 * 4))


def test_it_is_symmetric_and_continuous_in_each_pixel():
    rng = np.random.default_rng(1)
    one, other = rng.random((2, 64, 64))
    assert iou(one, other) == iou(other, one)
    moved = one.copy()
    for place in (0, 2_000, 4_095):
        moved.flat[place] = 1 - one.flat[place]
        assert abs(iou(moved, other) - iou(one, other)) <= 2 * (place + 1) / other.sum()


def test_nothing_against_nothing_counts_neither_way():
    assert math.isnan(iou(np.zeros((64, 64)), np.zeros((64, 64))))
    assert iou(np.zeros((64, 64)), square(0, 1)) == 0 == iou(square(0, 1), np.zeros((64, 64)))


def test_an_unknown_truth_has_no_overlap():
    unknown = square(0, 10)
    unknown[40, 40] = np.nan
    assert math.isnan(iou(square(0, 10), unknown))
