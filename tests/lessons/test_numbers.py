import numpy as np
import pytest

from causal_explorer.lessons.numbers import (
    furthest,
    largest_gap,
    mean,
    signed,
)


def test_a_sign_is_told():
    assert (signed(9.66), signed(-9.06)) == ("+9.7", "−9.1")


def test_laws_by_hand():
    one = {"a": np.array([0.5, 0.5]), "b": np.array([1.0, 0.0, 0.0])}
    other = {"a": np.array([0.25, 0.75]), "b": np.array([0.4, 0.0, 0.6])}
    assert mean(other["b"]) == pytest.approx(1.2)
    assert furthest(one, other) == ("b", pytest.approx(0.6))
    assert largest_gap(one, other) == pytest.approx(0.6)
