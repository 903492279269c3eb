"""CausalVAE: the graph that was learned, how it came about, and how do() turns out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np
import plotly.graph_objects as go

from causal_explorer.data.pendulum import law
from causal_explorer.ui import charts

_READ = {  # whose values of the concepts, by key of the errors
    "read": "as the model has it",
    "seen": "read off its picture",
    "seen_truth": "read off the true one",
}


def learned(series: Mapping[str, Any]) -> None:
    """Strength of every edge at the end, for each seed."""
    names, apart = series["concepts"], series["shd_by_seed"]
    found = {
        f"seed {k}, SHD {shd}": _map(strengths, names, names, 1)
        for k, (strengths, shd) in enumerate(zip(series["edges_by_seed"], apart, strict=True))
    }
    exact = sum(shd == 0 for shd in apart)
    words = (
        f"Rows are causes, columns effects; 1 is an edge, 0 none. {exact} of {len(apart)} graphs, "
        "each from zeros, equal the true one: the angle and the light cause both the shadow's "
        "length and its location."
    )
    charts.show_each("The learned graph", found, words)


def by_progress(series: Mapping[str, Any]) -> None:
    """Strength of every edge while the shipped model learned."""
    names, history = series["concepts"], np.array(series["edges_by_progress"])
    found, true, along = go.Figure(), law().graph.edges, np.linspace(0, 100, len(history))
    colours = iter(charts.COLOURS)
    for i, j in sorted(
        permutations(range(len(names)), 2),
        key=lambda pair: (names[pair[0]], names[pair[1]]) in true,
    ):
        edge = names[i], names[j]
        found.add_scatter(
            x=along,
            y=history[:, i, j],
            name=_arrow(edge),
            mode="lines",
            line={"color": next(colours)} if edge in true else {"color": charts.QUIET, "width": 1},
            showlegend=edge in true,
            hovertemplate=f"{_arrow(edge)}: %{{y:.2f}} at %{{x:.0f}} %<extra></extra>",
        )
    found.update_xaxes(title="of the run, %").update_yaxes(title="strength", range=[0, 1.05])
    words = (
        f"In colour the {len(true)} edges of the true graph, in grey the others. All begin "
        "undecided; they move once the mechanisms can be compared."
    )
    charts.show("Strength of each edge while it was learned", found, words)


def errors(series: Mapping[str, Any]) -> None:
    """Mean absolute error of every concept under do() on each."""
    own, names = series["do_errors"], series["concepts"]
    tables = {said: [own[key][target] for target in names] for key, said in _READ.items()}
    most, targets = float(np.max(list(tables.values()))), [f"do({_spaced(name)})" for name in names]
    found = {said: _map(table, names, targets, most) for said, table in tables.items()}
    next(reversed(found.values())).update_traces(showscale=True, colorbar_title="%")
    words = (
        "Per cent of each concept's range, at values between those of the training pictures; one "
        "scale for all three. The last is the encoder's own error: do() on the shadow makes "
        "pictures that no light throws, and that it never saw."
    )
    charts.show_each("Error of every concept under do(), against the truth", found, words)


def _map(values: list[list[float]], x: list[str], y: list[str], most: float) -> go.Figure:
    """A map of numbers from 0 to `most`, the first row on top."""
    broken = [name.replace("_", "<br>") for name in x]  # so that it stays upright
    rows = list(map(_spaced, y))
    figure = go.Figure(charts.heat(values, broken, rows, zmin=0, zmax=most))
    return figure.update_yaxes(autorange="reversed")


def _arrow(edge: tuple[str, str]) -> str:
    return " → ".join(map(_spaced, edge))


def _spaced(name: str) -> str:
    """A concept's name as a person writes it."""
    return name.replace("_", " ")
