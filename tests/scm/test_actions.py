import itertools

import networkx as nx
import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.data.styled_sprites import HIDDEN
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
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.graph import causal_graph
from causal_explorer.scm.law import counterfactual_law, population_law
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.stories import story_named
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


ORIENTATION = FACTORS[2]
TURN = 39  # different orientations


@pytest.mark.parametrize("by", range(-80, 81))
def test_a_shift_of_orientation_moves_the_picture_by_so_many_steps(by):
    """Every class: its angle moves by so many 39ths of a turn."""
    moved = Shift(by).of(ORIENTATION, torch.arange(40))
    assert moved.ge(0).all()
    assert moved.le(39).all()
    assert ((moved - torch.arange(40) - by) % TURN == 0).all()
    apart = np.array(ORIENTATION.values)[moved] - np.array(ORIENTATION.values)
    np.testing.assert_allclose(np.cos(apart - 2 * np.pi * by / TURN), 1, atol=1e-12)


def test_whole_turns_of_orientation_move_no_class_and_others_give_the_first_of_two():
    for by in (0, TURN, -TURN, 2 * TURN):
        assert Shift(by).of(ORIENTATION, torch.arange(40)).equal(torch.arange(40))
    assert Shift(39).of(ORIENTATION, torch.tensor([10])).tolist() == [10]
    assert Shift(1).of(ORIENTATION, torch.tensor([37, 38, 39])).tolist() == [38, 0, 1]
    assert Shift(-1).of(ORIENTATION, torch.tensor([39, 0, 1])).tolist() == [38, 38, 0]
    for by in set(range(-80, 81)) - {0, TURN, -TURN, 2 * TURN, -2 * TURN}:
        assert 39 not in Shift(by).of(ORIENTATION, torch.arange(40))


def test_shifts_of_orientation_add_up():
    """Steps one after another are all of them at once, in values."""
    classes = torch.arange(40)
    for first, then in itertools.product(range(-TURN, TURN + 1, 3), range(-TURN, TURN + 1, 2)):
        found = Shift(then).of(ORIENTATION, Shift(first).of(ORIENTATION, classes))
        at_once = Shift(first + then).of(ORIENTATION, classes)
        assert ((found - at_once) % TURN == 0).all()


def test_a_shift_turns_the_pictures():
    """The renderer's own word: a class, shifted, draws the picture of the shifted angle."""
    sprites = np.array([[2, 5, k, 16, 16] for k in range(40)])
    pictures = dsprites.render(sprites)
    for by in (-39, -20, -1, 0, 1, 19, 38, 39):
        turned = sprites.copy()
        turned[:, 2] = Shift(by).of(ORIENTATION, torch.arange(40)).numpy()
        np.testing.assert_array_equal(
            dsprites.render(turned), pictures[(np.arange(40) + by) % TURN]
        )


def test_a_ring_of_different_classes_closes_after_all_of_them():
    """The direction of stripes: twelve classes, twelve values."""
    direction = HIDDEN[1]
    for by in range(-24, 25):
        found = Shift(by).of(direction, torch.arange(12))
        assert found.equal((torch.arange(12) + by) % 12)


@pytest.mark.parametrize("coupling", COUPLINGS.values(), ids=COUPLINGS)
@pytest.mark.parametrize("by", [-39, -3, 0, 1, 38, 39])
def test_every_law_of_a_shifted_orientation_is_that_of_its_units(coupling, by):
    """On rungs 2 and 3, what follows from the shift too; by 39 nothing changes anywhere."""
    story = story_named("default", FACTORS)
    seen = {"shape": 2, "scale": 3, "orientation": 37, "posX": 12, "posY": 20}
    own = population_law(story, {}, {})["orientation"]
    done = population_law(story, {}, {"orientation": Shift(by)})
    wanted = torch.zeros(40, dtype=torch.float64)
    for k in range(40):
        wanted[int(Shift(by).of(ORIENTATION, torch.tensor([k])))] += own[k]
    torch.testing.assert_close(done["orientation"], wanted)
    law = counterfactual_law(story, coupling, seen, {"orientation": Shift(by)})
    now = 37 if by % TURN == 0 else (37 + by) % TURN
    assert law["orientation"][now] == pytest.approx(1)
    classes = {name: torch.tensor([k]) for name, k in seen.items()}
    rows = [story.mechanisms["posX"].table[k][None] for k in (37, now)]
    moved = coupling.law(FACTORS[3], rows[0], classes["posX"], rows[1])[0]
    torch.testing.assert_close(law["posX"], moved)
    if by % TURN == 0:
        assert law["posX"][12] == pytest.approx(1)
        torch.testing.assert_close(done["posX"], population_law(story, {}, {})["posX"])
