"""Ladder VAE: which layers and units are in use, and what each part of the recipe is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from causal_explorer.scm.variables import Variable
from causal_explorer.ui import charts

_FLOOR = 1e-4  # nats; below it a unit is drawn as silent


def likelihood(series: Mapping[str, Any]) -> None:
    """The ablation: ours and the paper's order."""
    rows = series["rows"]
    best = [series["log_likelihood"][row][-1] for row in rows]
    found = go.Figure(
        go.Scatter(
            x=rows,
            y=[own["nats"] for own in best],
            error_y={"type": "data", "array": [own["standard_error"] for own in best]},
            mode="lines+markers",
            marker={"size": 10, "color": charts.COLOURS[0]},
            line={"dash": "dot"},
            hovertemplate="%{x}: %{y:.2f} nats<extra></extra>",
        )
    )
    found.update_yaxes(title="log p(x) ≥, nats")
    words = (
        f"Bounds of {best[0]['samples']} importance samples; higher is better. Whiskers are over "
        f"pictures, of one training each. {rows[-2]} and {rows[-1]}, "
        f"{abs(best[-1]['nats'] - best[-2]['nats']):.2f} nats apart, are in no order: two "
        "trainings of one recipe can differ as much, and it would take several of each to tell."
    )
    charts.show("Ablation: log-likelihood", found, words, 280)


def layers_by_epoch(series: Mapping[str, Any]) -> None:
    """KL of each layer while it learned, a chart for each row of the ablation."""
    rows, sizes = series["rows"], series["sizes"]
    found = charts.side_by_side(rows, shared_yaxes=True)
    for column, row in enumerate(rows, 1):
        looks = series["kl_by_epoch"][row]
        for layer in range(1, len(sizes) + 1):
            found.add_scatter(
                x=[look["images"] for look in looks],
                y=[max(look[f"kl_{layer}_nats"], _FLOOR) for look in looks],
                name=f"layer {layer}, {sizes[layer - 1]} units",
                line={"color": charts.COLOURS[layer - 1]},
                showlegend=column == 1,
                row=1,
                col=column,
            )
    found.update_xaxes(title="images")
    found.update_yaxes(type="log", dtick=1, tickformat="~g").update_yaxes(title="KL, nats", col=1)
    used = {row: sum(units > 0 for units in series["active_units"][row]) for row in rows}
    told = "; ".join(f"{row} {count} of {len(sizes)}" for row, count in used.items())
    charts.show("KL of each layer over training", found, f"Layers with an active unit: {told}.")


def units(series: Mapping[str, Any]) -> None:
    """Log KL of every unit: rows of the ablation by units, each layer's sorted."""
    rows, sizes = series["rows"], series["sizes"]
    nats = [np.concatenate([np.sort(u)[::-1] for u in series["kl_per_unit"][row]]) for row in rows]
    found = go.Figure(
        go.Heatmap(
            z=np.log10(np.maximum(nats, _FLOOR)),
            y=rows,
            colorscale="Cividis",
            colorbar={"title": "log₁₀ nats"},
            hovertemplate="%{y}, unit %{x}: 10^%{z:.1f} nats<extra></extra>",
        )
    )
    edges = np.cumsum([0, *sizes])
    for edge in edges[1:-1]:
        found.add_vline(x=edge - 0.5, line_color="#ffffff", line_width=2)
    found.update_xaxes(
        tickvals=(edges[:-1] + edges[1:]) / 2, ticktext=[str(k + 1) for k in range(len(sizes))]
    )
    found.update_yaxes(autorange="reversed").update_xaxes(title="layer, from the picture up")
    words = "Bright units tell much of the picture; dark ones are silent. Sorted within a layer."
    charts.show("KL of each unit", found, words, 260)


def projections(series: Mapping[str, Any], shape: Variable) -> None:
    """The first two principal components of each layer's z, coloured by the sprite's shape."""
    own = series["points"][series["rows"][-1]]
    shapes = np.array(series["point_shapes"])
    found = charts.side_by_side([f"layer {k + 1}" for k in range(len(own))])
    for column, points in enumerate(map(np.array, own), 1):
        for k in range(shape.classes):
            found.add_scatter(
                x=points[shapes == k, 0],
                y=points[shapes == k, 1],
                mode="markers",
                name=shape.label(k),
                marker={"color": charts.COLOURS[k], "size": 4},
                showlegend=column == 1,
                hoverinfo="skip",
                row=1,
                col=column,
            )
    found.update_xaxes(showticklabels=False).update_yaxes(showticklabels=False)
    charts.show("Each layer's z, two principal components", found, "Colour is the true shape.", 260)
