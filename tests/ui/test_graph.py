import re
from itertools import combinations

import networkx as nx
import pytest

from causal_explorer.scm.actions import cut_edges, moved_by, settings
from causal_explorer.ui.graph import IMAGE, caption, dot
from tests.ui.small import NAMES, story

SUBSETS = [set(chosen) for size in range(6) for chosen in combinations(NAMES, size)]


def drawn(name, targets):
    graph = story(name).graph
    do = settings(dict.fromkeys(targets, 0))
    labels = dict.fromkeys(targets, "0")
    return graph, do, dot(graph, labels, cut_edges(graph, do), moved_by(graph, do))


def edges(text):
    """Each edge that was drawn, with its attributes."""
    return {(a, b): rest for a, b, rest in re.findall(r'^"(.*)" -> "(.*?)"(.*);$', text, re.M)}


def filled(text, colour):
    return {n for n, rest in re.findall(r'^"(\w+)" (\[.*\]);$', text, re.M) if colour in rest}


@pytest.mark.parametrize("name", ["default", "independent"])
@pytest.mark.parametrize("targets", SUBSETS, ids=lambda s: "+".join(sorted(s)) or "none")
def test_the_graph_marks_exactly_what_do_changes(name, targets):
    graph, do, text = drawn(name, targets)
    marked = {edge for edge, rest in edges(text).items() if "cut" in rest and "dashed" in rest}
    assert marked == cut_edges(graph, do)
    assert filled(text, "#f2a33a") == targets
    moving = moved_by(graph, do) | ({IMAGE} if targets else set())
    assert filled(text, "#9cc4ee") == moving


def test_every_factor_causes_the_image():
    graph, _, text = drawn("default", {"scale"})
    assert set(edges(text)) == set(graph.edges) | {(name, IMAGE) for name in NAMES}


def test_what_nobody_observes_is_dashed_and_what_no_image_shows_has_no_arrow_to_it():
    graph = nx.DiGraph([("ill", "treated"), ("lot", "treated")])
    text = dot(graph, {}, set(), set(), {"ill": "hidden", "lot": "noise"}, ["treated", "lot"])
    assert set(edges(text)) == set(graph.edges) | {("ill", IMAGE)}
    assert r'"ill" [label="ill\n(hidden)"' in text
    assert r'"lot" [label="lot\n(noise)"' in text
    assert text.count("dashed") == 2


def test_a_target_shows_its_value_and_names_are_quoted():
    graph = nx.DiGraph([('a"b', "c")])
    text = dot(graph, {"c": 'x"y\\'}, set(graph.edges), set())
    assert r'"a\"b" -> "c" [' in text
    assert r'label="c\n:= x\"y\\"' in text


def test_the_caption_says_what_is_cut_and_what_can_move():
    graph = story().graph
    do = settings({"scale": 0})
    words = caption(graph, do, cut_edges(graph, do), moved_by(graph, do))
    assert "Cut: shape → scale." in words
    assert "can move (posY)" in words
    words = caption(graph, {"shape"}, set(), moved_by(graph, settings({"shape": 0})))
    assert "No edge enters shape, so none is cut." in words
    assert "will be cut" in caption(graph, set(), set(), set())
