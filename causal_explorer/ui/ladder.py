"""Three rungs side by side: the same words seen, done and imagined."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from causal_explorer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.panel import Figure, l1_text
from causal_explorer.ui.pictures import figures_html

RUNGS = {
    "See": "the part of the population that is so",
    "Do": "the whole population, made so",
    "Imagine": "this very sprite, had it been so",
}
_COLOURS = {"See": "#4c8fd6", "Do": "#e8912d", "Imagine": "#5aa469"}
Rungs = Mapping[str, PopulationAnswer | CounterfactualAnswer]


def formulas(words: str) -> dict[str, str]:
    """The densities asked for, by rung."""
    return {"See": f"p(x | {words})", "Do": f"p(x | do({words}))", "Imagine": f"p(x_({words}) | x)"}


def pictures_html(answers: Rungs, words: str) -> str:
    """Density and truth of each rung, in two rows of three."""
    notation = formulas(words)
    figures = [
        Figure(f"{rung}: {notation[rung]}", RUNGS[rung], f"Density of {rung}", answer.density)
        for rung, answer in answers.items()
    ]
    figures += [
        Figure(f"{rung}: truth", f"L1 {l1_text(answer)} a pixel", f"Truth of {rung}", answer.truth)
        for rung, answer in answers.items()
    ]
    return figures_html("", figures, columns=3)


def laws_figure(laws: Mapping[str, Mapping[str, object]], variable: Variable) -> go.Figure:
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
