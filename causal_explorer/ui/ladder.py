"""Three rungs side by side: the same words seen, done and imagined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import networkx as nx
import numpy as np
import plotly.graph_objects as go

from causal_explorer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.agreement import total_variation
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.panel import Figure, brightened, l1_text
from causal_explorer.sharing.words import listed, percent, truth_under
from causal_explorer.ui.as_text import as_text, escape
from causal_explorer.ui.pictures import figures_html

RUNGS = {
    "See": "the part of the population that is so",
    "Do": "the whole population, made so",
    "Imagine": "this very sprite, had it been so",
}
_COLOURS = {"See": "#4c8fd6", "Do": "#e8912d", "Imagine": "#5aa469"}
Rungs = Mapping[str, PopulationAnswer | CounterfactualAnswer]
Laws = Mapping[str, Mapping[str, np.ndarray]]  # by rung, then by factor: (K,) probabilities
_SAME = 1e-6  # of a law's mass: less is rounding


def formulas(words: str) -> dict[str, str]:
    """The densities asked for, by rung."""
    return {
        "See": f"p(x | {words})",
        "Do": f"p(x | do({words}))",
        "Imagine": f"p(x_({words}) | x, v)",
    }


def figures(answers: Rungs, words: str, coupling: str) -> tuple[Figure, ...]:
    """Density of each rung, then the truth of each; rung 3 alone hangs on the coupling."""
    notation = formulas(words)
    densities = [
        Figure(
            f"{rung}: {notation[rung]}",
            RUNGS[rung],
            f"Density of {notation[rung]}",
            answer.density,
            f"{rung.lower()}-density",
        )
        for rung, answer in answers.items()
    ]
    truths = dict.fromkeys(answers, "Truth") | {"Imagine": truth_under(coupling)}
    rendered = [
        Figure(
            f"{rung}: {truths[rung][0].lower()}{truths[rung][1:]}",
            f"L1 {l1_text(answer.l1)} a pixel",
            f"{truths[rung]}: {notation[rung]}",
            answer.truth,
            f"{rung.lower()}-truth",
        )
        for rung, answer in answers.items()
    ]
    return tuple(map(_legible, (*densities, *rendered)))


def _legible(figure: Figure) -> Figure:
    """The average of many sprites is faint: it is brightened, and says so."""
    if figure.slot.startswith("imagine") or figure.picture is None:
        return figure
    picture = brightened(figure.picture)
    return replace(figure, picture=picture, caption=f"{figure.caption}; brightened")


def pictures_html(answers: Rungs, words: str, coupling: str) -> str:
    """Density and truth of each rung, in two rows of three."""
    return figures_html("", figures(answers, words, coupling), columns=3)


def imagined_html(sprite: str) -> str:
    """Which sprite the third rung is about, in words that follow its sliders."""
    return (
        f'<small>Imagined of this sprite: <span data-live="sprite">{escape(sprite)}</span>. Each '
        "truth is the renderer's, over the same draws.</small>"
    )


def laws_figure(laws: Laws, variable: Variable) -> go.Figure:
    """The exact law of one factor on each rung, as bars.

    Args:
        laws: by rung, then by factor: (K,) probabilities.
        variable: the factor.
    """
    figure = go.Figure()
    names = [variable.label(k) for k in range(variable.classes)]
    for rung, law in laws.items():
        figure.add_bar(x=names, y=law[variable.name], name=rung, marker_color=_COLOURS[rung])
    figure.update_layout(
        title=variable.name,
        height=240,
        margin={"l": 40, "r": 10, "t": 40, "b": 30},
        legend={"orientation": "h", "y": 1.15, "x": 0.4},
        yaxis_title="probability",
    )
    return figure


def apart(laws: Laws, one: str, other: str) -> dict[str, float]:
    """Factors whose laws differ between two rungs, by total variation distance."""
    found = {name: total_variation(law, laws[other][name]) for name, law in laws[one].items()}
    return {name: distance for name, distance in found.items() if distance > _SAME}


def why(laws: Laws, graph: nx.DiGraph, answer: CounterfactualAnswer) -> tuple[str, str]:
    """Why seeing and doing differ or agree, and why doing and imagining do.

    Args:
        laws: of the three rungs.
        graph: of the story.
        answer: of rung 3.
    """
    cut = [edge for edge in graph.edges if edge in answer.cut and edge[0] not in answer.do]
    edges = listed(as_text(f"{cause} → {effect}") for cause, effect in cut)
    causes, targets = listed(map(as_text, dict(cut))), listed(answer.do)
    if differ := apart(laws, "See", "Do"):
        seen = (
            f"**Seeing is not doing** here: they differ about {_shares(differ)}. Who sees "
            f"{targets} learns of {causes} too, and of all that hangs on it. do() cuts {edges}, "
            "so that nothing is learned of that cause."
        )
    elif cut:
        seen = (
            f"**Seeing and doing agree** here: do() cuts {edges}, but by this story's tables that "
            "moves no law."
        )
    elif answer.cut:
        seen = (
            f"**Seeing and doing agree** here: every cause of {targets} is itself among the words, "
            "so there is none left to learn of."
        )
    else:
        seen = (
            f"**Seeing and doing agree** here: nothing causes {targets} in this story, so there is "
            "no edge to cut and no cause to learn of."
        )
    return seen, _imagined(apart(laws, "Do", "Imagine"), answer)


def _imagined(differ: Mapping[str, float], answer: CounterfactualAnswer) -> str:
    if not differ:
        return "**Doing and imagining agree** here: what is known of this sprite changes nothing."
    names = [variable.name for variable in answer.variables]
    kept = listed(n for n in names if n not in answer.do and n not in answer.descendants)
    moved = listed(n for n in names if n in answer.descendants)
    keep = [f"This sprite keeps its {kept}"] if kept else []
    keep += [f"{moved} may move, but by this sprite's own noise"] if moved else []
    return (
        f"**Doing is not imagining** here: they differ about {_shares(differ)}. "
        f"{'; '.join(keep)}. Doing asks about everybody."
    )


def _shares(distances: Mapping[str, float]) -> str:
    """Factors, with the share of the draws in which each must differ: total variation."""
    return listed(f"{name} (by {percent(distance)})" for name, distance in distances.items())
