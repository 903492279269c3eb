import pytest

from causal_explorer.scm.graph import causal_graph, causal_order, cut_edges, moved_by, mutilate

CHAIN = {"a": (), "b": ("a",), "c": ("b",), "d": ("a",)}


def test_causes_come_before_effects():
    order = causal_order(causal_graph({"c": ("b",), "b": ("a",), "a": ()}))
    assert order == ["a", "b", "c"]


def test_do_cuts_exactly_the_edges_into_the_target():
    graph = causal_graph(CHAIN)
    assert cut_edges(graph, ["b"]) == {("a", "b")}
    assert set(mutilate(graph, ["b"]).edges) == {("b", "c"), ("a", "d")}
    assert set(graph.edges) == {("a", "b"), ("b", "c"), ("a", "d")}, "the graph itself stays"


@pytest.mark.parametrize(
    ("targets", "moved"),
    [
        (["a"], {"b", "c", "d"}),
        (["b"], {"c"}),
        (["c"], set()),
        (["a", "b"], {"c", "d"}),
        (["a", "b", "c"], {"d"}),
    ],
)
def test_only_descendants_that_are_no_targets_move(targets, moved):
    assert moved_by(causal_graph(CHAIN), targets) == moved


def test_a_target_shields_what_lies_behind_it_from_its_own_causes():
    graph = causal_graph({"a": (), "b": ("a",), "c": ("b",)})
    assert "c" in moved_by(graph, ["a"])
    assert moved_by(graph, ["a", "c"]) == {"b"}


def test_a_cycle_and_an_unknown_parent_are_refused():
    with pytest.raises(ValueError, match="cycle"):
        causal_graph({"a": ("b",), "b": ("a",)})
    with pytest.raises(ValueError, match="not a variable"):
        causal_graph({"a": ("x",)})
