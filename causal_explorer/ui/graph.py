"""The causal graph under do(): as a DOT string, in words, and on the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import networkx as nx
import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.scm.scm import SCM
from causal_explorer.ui.as_text import MANY, as_text

IMAGE = "image"
_TARGET, _MOVES, _FIXED, _CUT, _LINE = "#f2a33a", "#9cc4ee", "#d7dbe0", "#d1342f", "#8a93a0"


def chart(story: SCM, answer: CounterfactualAnswer, do: Mapping[str, int]) -> None:
    """Draws the graph of a story under the do() of an answer, and says what it shows."""
    labels = {v.name: v.label(do[v.name]) for v in answer.variables if v.name in do}
    cut, descendants = (answer.cut, answer.descendants) if do else ((), ())
    hidden = [variable.name for variable in story.hidden]
    draw(story.graph, labels, cut, descendants, dict.fromkeys(hidden, "hidden"), hidden)


def draw(
    graph: nx.DiGraph,
    do: Mapping[str, str],
    cut: Collection[tuple[str, str]],
    descendants: Collection[str],
    dashed: Mapping[str, str] | None = None,
    unseen: Collection[str] = (),
) -> None:
    """Draws a graph, and says what it shows; arguments as of `dot`."""
    marks = dashed or {}
    words = caption(graph, do, cut, descendants)
    if marks:
        words += f" Dashed: {', '.join(f'{name} ({mark})' for name, mark in marks.items())}."
    drawn = dot(graph, do, cut, descendants, marks, unseen)
    st.graphviz_chart(drawn, alt=f"Causal graph. {words}")
    st.caption(as_text(words, longest=MANY))


def dot(
    graph: nx.DiGraph,
    do: Mapping[str, str],
    cut: Collection[tuple[str, str]],
    descendants: Collection[str],
    dashed: Mapping[str, str] | None = None,
    unseen: Collection[str] = (),
) -> str:
    """The graph of the factors with the image that they cause.

    Args:
        graph: of the story, before any edge is cut.
        do: targets and the labels of their values.
        cut: edges that do() removes.
        descendants: factors that can move.
        dashed: causes that nobody observes, and what they are: "hidden", or "noise".
        unseen: variables that no image shows.
    """
    marks = dashed or {}
    nodes = [_node(name, do, descendants, marks.get(name, "")) for name in graph.nodes]
    nodes.append(_node(IMAGE, {}, [IMAGE] if do else []))
    edges = [_edge(edge, edge in cut) for edge in graph.edges]
    edges += [_edge((name, IMAGE), False) for name in graph.nodes if name not in unseen]
    return "\n".join(
        [
            "digraph story {",
            'rankdir=LR; bgcolor="transparent"; nodesep=0.2; ranksep=0.35;',
            'node [shape=box, style="filled,rounded", margin="0.09,0.05", height=0.4, width=0.4];',
            f'node [fontname="sans-serif", fontsize=15, fontcolor="#1b2430", color="{_LINE}"];',
            f'edge [fontname="sans-serif", fontsize=14, color="{_LINE}", arrowsize=0.7];',
            *nodes,
            *edges,
            "}",
        ]
    )


def caption(
    graph: nx.DiGraph,
    do: Collection[str],
    cut: Collection[tuple[str, str]],
    descendants: Collection[str],
) -> str:
    """What the graph shows, in words; arguments as of `dot`."""
    if not do:
        return "Choose a factor to intervene on: the edges that enter it will be cut."
    removed = ", ".join(
        f"{cause} → {effect}" for cause, effect in graph.edges if (cause, effect) in cut
    )
    cuts = f"Cut: {removed}." if cut else f"No edge enters {_listed(graph, do)}, so none is cut."
    moves = _listed(graph, descendants) or "only the image"
    return f"Orange: set by do(). Blue: can move ({moves}). Grey: cannot move. {cuts}"


def _node(name: str, do: Mapping[str, str], descendants: Collection[str], mark: str = "") -> str:
    style = "filled" if name == IMAGE else "filled,rounded"
    if mark:
        label = _quote(name, f"({mark})")
        look = f'shape=ellipse, fillcolor="{_FIXED}", style="filled,dashed"'
        return f"{_quote(name)} [label={label}, {look}];"
    if name in do:
        label = _quote(name, f":= {do[name]}")
        return f'{_quote(name)} [label={label}, fillcolor="{_TARGET}", penwidth=2];'
    if name in descendants:
        return f'{_quote(name)} [fillcolor="{_MOVES}", style="{style}"];'
    return f'{_quote(name)} [fillcolor="{_FIXED}", style="{style}"];'


def _edge(edge: tuple[str, str], cut: bool) -> str:
    cause, effect = map(_quote, edge)
    mark = (
        f' [color="{_CUT}", fontcolor="{_CUT}", style=dashed, penwidth=2, label="✂ cut"]'
        if cut
        else ""
    )
    return f"{cause} -> {effect}{mark};"


def _quote(*lines: str) -> str:
    return '"' + "\\n".join(as_text(line, "dot") for line in lines) + '"'


def _listed(graph: nx.DiGraph, names: Collection[str]) -> str:
    return ", ".join(name for name in graph.nodes if name in names)
