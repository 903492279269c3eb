"""β-Intact-VAE: error and leakage as treatment and covariate get tied, and its latents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from causal_explorer.sharing.words import percent
from causal_explorer.ui import charts


def error_by_rho(series: Mapping[str, Any]) -> None:
    """Error of the counterfactual picture of each variant."""
    found = _lines(series["error_by_rho"], "mean absolute error")
    words = "Asked of an unbiased population, whatever the correlation ρ that training saw."
    charts.show("Counterfactual error against the correlation ρ", found, words)


def leakage_by_rho(series: Mapping[str, Any]) -> None:
    """How well the treatment is read from z."""
    found = _lines(series["leakage_by_rho"], "accuracy of a probe")
    found.add_hline(y=0.5, line_dash="dot", line_color=charts.QUIET)
    charts.show("Treatment read from z", found, "0.5 is chance: z says nothing of the treatment.")


def latent_density(series: Mapping[str, Any]) -> None:
    """Densities of the first latents, treated and untreated."""
    own = series["latent_density"]
    found = charts.side_by_side([f"latent {entry['latent']}" for entry in own])
    for column, entry in enumerate(own, 1):
        for (name, colour), key in zip(
            (("t = 0", charts.COLOURS[0]), ("t = 1", charts.COLOURS[1])), ("0", "1"), strict=True
        ):
            found.add_scatter(
                x=entry["x"],
                y=entry[key],
                name=name,
                fill="tozeroy",
                line={"color": colour},
                showlegend=column == 1,
                row=1,
                col=column,
            )
    words = "Where the two lie on each other, z is as balanced as its prior wants it to be."
    charts.show("Density of z by treatment", found, words, 260)


def _lines(own: Mapping[str, list[list[float]]], title: str) -> go.Figure:
    found = go.Figure()
    for (variant, points), colour in zip(own.items(), charts.COLOURS, strict=False):
        found.add_scatter(
            x=[rho for rho, _ in points],
            y=[value for _, value in points],
            name=variant,
            mode="lines+markers",
            line={"color": colour},
        )
    rhos = [rho for rho, _ in next(iter(own.values()))]
    found.update_xaxes(
        title="correlation ρ, and the overlap: how often the rarer treatment is given",
        tickvals=rhos,
        ticktext=[f"{rho:g} ({percent((1 - rho) / 2)})" for rho in rhos],
    )
    return found.update_yaxes(title=title)
