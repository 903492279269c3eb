"""β-VAE: what more pressure towards the prior costs, and what it brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from causal_explorer.ui import charts

_SCORES = {"higgins": "Higgins", "mig": "MIG", "disentanglement": "DCI disentanglement"}


_FEW = 20  # latents that each get a number on the axis


def trade_off(series: Mapping[str, Any]) -> None:
    """Reconstruction against KL, and the scores, over β."""
    points = series["trade_off"]
    turned = [point for point in points if point["turns"]]
    first, last = turned[0], turned[-1]
    charts.show(
        "Reconstruction against disentanglement, over β",
        figure(points),
        f"From β = {first['beta']:g} to {last['beta']:g} the code shrinks from "
        f"{first['kl_nats']:.1f} to {last['kl_nats']:.1f} nats, and the picture costs "
        f"{first['image_nats']:.1f}, then {last['image_nats']:.1f} nats. Solid: the code turns "
        "polar on the way, so that what the radius of its ring told has a latent of its own. "
        "Dotted: it never turns; at β = 1 this is the VAE. Held-out pictures.",
        360,
    )


def figure(points: list[dict[str, Any]]) -> go.Figure:
    """Two charts of the same models: rate and distortion, and the three scores."""
    found = charts.side_by_side(["Cost of the picture against the code", "Scores"])
    for turns, dash in ((True, "solid"), (False, "dot")):
        kin = [point for point in points if point["turns"] == turns]
        found.add_scatter(
            x=[p["kl_nats"] for p in kin],
            y=[p["image_nats"] for p in kin],
            text=[f"β = {p['beta']:g}" for p in kin],
            mode="lines+markers+text" if turns else "lines+markers",
            textposition="top right",
            line={"color": charts.COLOURS[0], "dash": dash},
            showlegend=False,
            hovertemplate="%{text}: KL %{x:.1f}, image %{y:.1f} nats<extra></extra>",
            row=1,
            col=1,
        )
        for (key, name), colour in zip(_SCORES.items(), charts.COLOURS, strict=False):
            found.add_scatter(
                x=[p["beta"] for p in kin],
                y=[p[key] for p in kin],
                name=name,
                showlegend=turns,
                error_y=_interval(kin) if key == "higgins" else None,
                mode="lines+markers",
                line={"color": colour, "dash": dash},
                row=1,
                col=2,
            )
    betas = [point["beta"] for point in points if point["turns"]]
    found.update_xaxes(title="KL, nats", col=1)
    found.update_yaxes(title="−log p(x | z), nats", col=1)
    found.update_xaxes(title="β", type="log", tickvals=betas, col=2)
    found.update_yaxes(range=[0, 1.05], col=2)
    return found


def unit_nats(series: Mapping[str, Any]) -> None:
    """How much each latent of the shipped model tells."""
    nats = series["unit_nats"]
    used = sum(value > 0.01 for value in nats)
    bars = go.Figure(go.Bar(x=list(range(len(nats))), y=nats, marker_color=charts.COLOURS[0]))
    bars.update_xaxes(title="latent", dtick=1 if len(nats) <= _FEW else 10).update_yaxes(
        title="KL, nats"
    )
    words = f"{used} of {len(nats)} latents tell something of the picture: KL above 0.01 nats."
    charts.show("KL of each latent, shipped model", bars, words, 260)


def _interval(points: list[dict[str, float]]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [p["higgins_high"] - p["higgins"] for p in points],
        "arrayminus": [p["higgins"] - p["higgins_low"] for p in points],
    }
