import itertools

import networkx as nx
import pytest
import torch

from causal_explorer.scm.actions import (
    Replace,
    Set,
    Shift,
    cut_edges,
    moved_by,
    mutilate,
    reached_from,
    settings,
)
from causal_explorer.scm.graph import causal_graph
from causal_explorer.scm.mechanisms import mechanism
from tests.scm.small import A, B, C

CHAIN = {"a": (), "b": ("a",), "c": ("b",), "d": ("a",)}
FORK = {"a": (), "b": (), "c": ("a", "b"), "d": ("c",)}
ALONE = Replace(mechanism((), [0.5, 0.5]))
OF_A = Replace(mechanism(("a",), [[0.5, 0.5]] * 2))
OF_BOTH = Replace(mechanism(("a", "b"), [[[0.5, 0.5]] * 2] * 2))


def test_settings_are_hard_interventions():
    assert settings({"a": 1, "b": 0}) == {"a": Set(1), "b": Set(0)}
    assert settings({}) == {}


def test_do_cuts_exactly_the_edges_into_the_target():
    graph = causal_graph(CHAIN)
    assert cut_edges(graph, {"b": Set(0)}) == frozenset({("a", "b")})
    assert set(mutilate(graph, {"b": Set(0)}).edges) == {("b", "c"), ("a", "d")}
    assert set(graph.edges) == {("a", "b"), ("b", "c"), ("a", "d")}, "the graph itself stays"


@pytest.mark.parametrize(
    ("action", "cut"),
    [
        (Set(1), {("a", "c"), ("b", "c")}),
        (Shift(1), set()),
        (ALONE, {("a", "c"), ("b", "c")}),
        (OF_A, {("b", "c")}),
        (OF_BOTH, set()),
    ],
    ids=["set", "shift", "of nothing", "of a", "of both"],
)
def test_an_action_cuts_the_causes_that_its_target_no_longer_reads(action, cut):
    graph = causal_graph(FORK)
    assert cut_edges(graph, {"c": action}) == cut
    assert set(mutilate(graph, {"c": action}).edges) == set(graph.edges) - cut


@pytest.mark.parametrize(
    ("targets", "moved"),
    [
        ([], set()),
        (["a"], {"b", "c", "d"}),
        (["b"], {"c"}),
        (["c"], set()),
        (["a", "b"], {"c", "d"}),
        (["a", "b", "c"], {"d"}),
    ],
)
def test_only_descendants_that_are_no_targets_move(targets, moved):
    assert moved_by(causal_graph(CHAIN), settings(dict.fromkeys(targets, 0))) == moved


def test_a_target_shields_what_lies_behind_it_from_its_own_causes():
    graph = causal_graph({"a": (), "b": ("a",), "c": ("b",)})
    assert "c" in moved_by(graph, {"a": Set(0)})
    assert moved_by(graph, {"a": Set(0), "c": Set(0)}) == {"b"}
    assert moved_by(graph, {"a": Set(0), "b": Set(0)}) == {"c"}


@pytest.mark.parametrize("action", [Shift(1), ALONE, OF_A], ids=["shift", "of nothing", "of a"])
def test_a_soft_target_moves_itself(action):
    graph = causal_graph(CHAIN)
    assert moved_by(graph, {"b": action}) == {"b", "c"}
    assert moved_by(graph, {"b": action, "c": Set(0)}) == {"b"}


def test_a_mechanism_without_causes_shields_like_a_setting_but_moves():
    graph = causal_graph({"a": (), "b": ("a",), "c": ("b",)})
    other = {"a": Set(0), "c": ALONE}
    assert moved_by(graph, other) == {"b", "c"}
    assert not nx.has_path(mutilate(graph, other), "a", "c")
    assert nx.has_path(mutilate(graph, {"a": Set(0), "c": Shift(1)}), "a", "c")


def test_moved_is_asked_of_each_graph_and_do_by_itself():
    """Answers are kept for reuse: neither another graph nor another do may be given them."""
    chain, fork = causal_graph(CHAIN), causal_graph(FORK)
    for _ in range(2):
        assert moved_by(chain, {"a": Set(0)}) == {"b", "c", "d"}
        assert moved_by(fork, {"a": Set(0)}) == {"c", "d"}
        assert moved_by(fork, {"a": Set(0), "c": ALONE}) == {"c", "d"}
        assert moved_by(fork, {"a": Set(0), "c": Set(0)}) == {"d"}


@pytest.mark.parametrize(("by", "ends"), [(1, [1, 2, 3, 3]), (-2, [0, 0, 0, 1]), (0, range(4))])
def test_a_shift_stays_within_an_ordinal_range(by, ends):
    assert Shift(by).of(B, torch.arange(4)).tolist() == list(ends)


@pytest.mark.parametrize(("by", "ends"), [(1, [1, 2, 3, 4, 0]), (-2, [3, 4, 0, 1, 2])])
def test_a_shift_is_carried_around_a_ring(by, ends):
    assert Shift(by).of(C, torch.arange(5)).tolist() == ends


@pytest.mark.parametrize("variable", [A, B, C], ids=lambda v: v.kind)
def test_the_law_of_a_shift_is_that_of_what_it_gives(variable):
    """A class at a time: where `of` sends it, there all of its mass goes."""
    classes = torch.arange(variable.classes)
    law = torch.rand(2, 3, variable.classes, dtype=torch.float64)
    for by in range(-variable.classes, variable.classes + 1):
        expected = torch.zeros_like(law)
        for i, j, k in itertools.product(range(2), range(3), classes.tolist()):
            into = int(Shift(by).of(variable, torch.tensor([k])))
            expected[i, j, into] += law[i, j, k]
        torch.testing.assert_close(Shift(by).law(variable, law), expected)


def test_a_shift_there_and_back_on_a_ring_changes_no_law():
    law = torch.rand(7, 5, dtype=torch.float64)
    assert Shift(-2).law(C, Shift(2).law(C, law)).equal(law)
    assert not Shift(2).law(C, law).equal(law)


def test_a_variable_descends_from_the_targets_whose_paths_are_not_cut():
    graph = nx.DiGraph([("a", "b"), ("b", "c")])
    assert reached_from("c", graph, {"a": Set(0)}) == ["a"]
    assert reached_from("c", graph, {"a": Set(0), "b": Set(0)}) == ["b"]
    assert reached_from("a", graph, {"a": Set(0), "c": Set(0)}) == []
