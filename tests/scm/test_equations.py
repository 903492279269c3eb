import numpy as np
import pytest

from causal_explorer.scm.equations import Equation, Equations
from causal_explorer.scm.variables import Quantity

A, B, C = (Quantity(name, -10.0, 10.0) for name in "abc")
LAW = Equations(
    "chain",
    "a causes b, a and b cause c",
    (C, B, A),
    {
        "b": Equation(("a",), lambda a: 2 * a),
        "c": Equation(("a", "b"), lambda a, b: a * b),
    },
)
VALUES = {
    "a": np.array([1.0, -2.0]),
    "b": np.array([2.5, 0.0]),
    "c": np.array([0.0, 3.0]),
}


def test_abduction_and_prediction_are_inverse():
    noise = LAW.abduct(VALUES)
    np.testing.assert_allclose(noise["b"], [0.5, 4.0])
    np.testing.assert_allclose(noise["c"], [-2.5, 3.0])
    again = LAW.predict(noise)
    for name, values in VALUES.items():
        np.testing.assert_allclose(again[name], values)


def test_do_moves_descendants_alone_and_keeps_their_noise():
    changed = LAW.predict(LAW.abduct(VALUES), {"b": 1.0})
    np.testing.assert_allclose(changed["a"], VALUES["a"])
    np.testing.assert_allclose(changed["b"], [1.0, 1.0])
    np.testing.assert_allclose(changed["c"], [1.0 - 2.5, -2.0 + 3.0])


def test_the_graph_is_the_equations():
    assert set(LAW.graph.edges) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert LAW.order == ["a", "b", "c"]


@pytest.mark.parametrize("value", [11, -10.5, float("nan"), float("inf"), "1", True, None])
def test_a_quantity_takes_finite_numbers_in_range(value):
    with pytest.raises(ValueError, match="it takes a number from -10 to 10"):
        A.parse(value)
    assert A.parse(3) == 3.0
