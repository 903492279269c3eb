import pytest

from causal_explorer.scm.graph import causal_graph, causal_order


def test_causes_come_before_effects():
    order = causal_order(causal_graph({"c": ("b",), "b": ("a",), "a": ()}))
    assert order == ["a", "b", "c"]


def test_a_cycle_and_an_unknown_parent_are_refused():
    with pytest.raises(ValueError, match="cycle"):
        causal_graph({"a": ("b",), "b": ("a",)})
    with pytest.raises(ValueError, match="not a variable"):
        causal_graph({"a": ("x",)})


def test_ties_keep_the_order_of_the_variables():
    """An effect whose causes are there comes before a cause that is named later."""
    assert causal_order(causal_graph({"a": (), "c": ("a",), "b": ()})) == ["a", "c", "b"]
    assert causal_order(causal_graph({"c": ("a",), "b": (), "a": ()})) == ["b", "a", "c"]
