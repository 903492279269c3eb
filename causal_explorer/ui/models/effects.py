"""CEVAE: effects against the truth, and what confounding does to each estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from causal_explorer.ui import charts

_ESTIMATES = {
    "naive_ate_error": "difference of means",
    "regression_ate_error": "regression",
    "ate": "CEVAE",
}


def by_seed(series: Mapping[str, Any]) -> None:
    """|ATE error| of each estimate, a point for each seed."""
    outcomes = series["errors"]
    sets = list(dict.fromkeys(own["data"] for own in outcomes))
    found = charts.side_by_side(sets)
    for column, data in enumerate(sets, 1):
        own = [each for each in outcomes if each["data"] == data]
        found.add_box(
            x=[each["estimate"] for each in own],
            y=[each["ate"] for each in own],
            boxpoints="all",
            pointpos=0,
            marker_color=charts.COLOURS[0],
            showlegend=False,
            row=1,
            col=column,
        )
    found.update_yaxes(rangemode="tozero").update_yaxes(title="|ATE error|", col=1)
    words = "A point is a draw of the data with its own training; lower is better."
    charts.show("Error of the average effect", found, words)


def latents(series: Mapping[str, Any]) -> None:
    """|ATE error| and validation loss by the size of the latent, on the treated sprites."""
    sizes = series["latents"]["treatment"]
    drawn = {"ate": "|ATE error|, pixels", "validation_nats": "validation loss, nats"}
    found = charts.side_by_side(list(drawn.values()))
    for column, key in enumerate(drawn, 1):
        found.add_scatter(
            x=[str(each["latent"]) for each in sizes],
            y=[each[key] for each in sizes],
            mode="lines+markers",
            line={"color": charts.COLOURS[0] if key == "ate" else charts.QUIET},
            showlegend=False,
            row=1,
            col=column,
        )
    found.update_xaxes(title="units of z", type="category").update_yaxes(rangemode="tozero")
    nats, errors = ([each[key] for each in sizes] for key in ("validation_nats", "ate"))
    words = (
        f"One training for each size. The loss stays at {min(nats):.1f} to {max(nats):.1f} nats, "
        f"the error goes from {max(errors):.3f} to {min(errors):.3f}. Without a known truth there "
        "is only the loss: a good fit does not say that the effect is identified."
    )
    charts.show("What the loss does not tell: the size of the latent", found, words)


def scatter(series: Mapping[str, Any]) -> None:
    """Each unit's effect against the true one."""
    own = series["scatter"]
    found = go.Figure()
    for (key, name), colour in zip(
        (("cevae", "CEVAE"), ("regression", "regression")), charts.COLOURS, strict=False
    ):
        found.add_scatter(
            x=own["truth"],
            y=own[key],
            mode="markers",
            name=name,
            marker={"color": colour, "size": 5, "opacity": 0.7},
            hovertemplate="true %{x:.2f}, estimated %{y:.2f}<extra>" + name + "</extra>",
        )
    ends = [min(own["truth"]), max(own["truth"])]
    found.add_scatter(
        x=ends, y=ends, mode="lines", name="right", line={"color": charts.QUIET, "dash": "dot"}
    )
    found.update_xaxes(title="true effect, pixels").update_yaxes(title="estimate, pixels")
    words = f"{len(own['truth'])} held-out units of the treated sprites. On the line is right."
    charts.show("Effect on each unit", found, words, 360)


def strengths(series: Mapping[str, Any]) -> None:
    """|ATE error| as the hidden cause gets stronger."""
    own = series["strengths"]
    found = go.Figure()
    for (key, name), colour in zip(_ESTIMATES.items(), charts.COLOURS, strict=False):
        found.add_scatter(
            x=[each["strength"] for each in own],
            y=[each[key] for each in own],
            name=name,
            mode="lines+markers",
            line={"color": colour},
        )
    found.update_xaxes(title="strength of the hidden cause on the treatment")
    found.update_yaxes(title="|ATE error|, pixels", rangemode="tozero")
    words = "At 0 the treatment is a coin's toss, and nothing needs adjusting."
    charts.show("Error as confounding grows", found, words)
