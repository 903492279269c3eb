import numpy as np
import pytest

from causal_explorer.inference.adjustment import difference_of_means, ridge


def test_a_line_for_each_treatment_is_found():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(5_000, 2)), rng.integers(0, 2, 5_000)
    slopes, levels = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([10.0, 12.0])
    y = (x * slopes[t]).sum(1) + levels[t]
    found = ridge(x, t, y)
    for group in (0, 1):
        expected = x @ slopes[group] + levels[group]
        # a penalty of 1 shrinks a slope by about 1 in 2,500
        np.testing.assert_allclose(found(x, group), expected, atol=0.01)


def test_constant_columns_do_no_harm():
    x, t, y = np.ones((6, 3)), np.array([0, 1] * 3), np.array([1.0, 4.0] * 3)
    found = ridge(x, t, y)
    np.testing.assert_allclose(found(x, 1) - found(x, 0), 3.0)


def test_difference_of_means_is_one():
    assert difference_of_means(np.array([0, 1, 1]), np.array([1.0, 2.0, 4.0])) == 2.0


def test_one_group_is_no_comparison():
    with pytest.raises(ValueError, match=r"treated \(1\) and units that were not \(0\)"):
        difference_of_means(np.ones(3), np.arange(3.0))
