"""Noise, drawn: the race of the Gumbels, the inverse CDF, the classes that follow, and z."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from causal_explorer.inference.steps import Pixels, cumulated
from causal_explorer.scm.variables import Variable
from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.steps.assignment import GUMBEL, Assignment, Given, given

HEIGHT = 300  # pixels, whatever is shown
BLUE, ORANGE, GREEN, GREY = "#4c8fd6", "#e8912d", "#5aa469", "#8a93a0"
_EDGE = {"width": 1.5, "color": "#1b2430"}  # seen on bars, on a light and on a dark page
_BINS = 50  # of the histogram of u


def gumbel_figure(side: Assignment, draw: int | None, span: tuple[float, float]) -> go.Figure:
    """Bars of log p_k + u_k: the highest wins.

    Args:
        side: rows with their noise.
        draw: which one; None for the mean over all, with the band from 5 to 95 %.
        span: of the axis, as of `gumbel_span`.
    """
    logits = np.log(side.rows if draw is None else side.rows[[draw]])
    mean, low, high = _race(logits, side.noise, draw)
    figure, x, bottom = go.Figure(), np.arange(side.variable.classes), span[0]
    shown = np.maximum(mean, bottom)
    figure.add_bar(
        x=x,
        y=shown - bottom,
        base=bottom,
        marker_color=_colours(side, draw),
        error_y=_whiskers(shown, low, high),
        customdata=mean,
        hovertemplate="class %{x}: log p + u = %{customdata:.2f}<extra></extra>",
    )
    figure.add_scatter(
        x=x,
        y=logits.mean(0),
        mode="markers",
        marker={"size": 7 if len(x) < 12 else 5, "color": "#ffffff", "line": _EDGE},
        hovertemplate="class %{x}: log p = %{y:.2f}<extra></extra>",
    )
    top = np.maximum(high, bottom) + 0.05 * (span[1] - bottom)
    _mark(figure, side, draw, lambda mark: (mark.value, float(top[mark.value])))
    figure.update_xaxes(**_ticks(side.variable, x))
    figure.update_yaxes(title="log p + u", range=span, zeroline=False)
    return _finished(figure)


def monotone_figure(side: Assignment, draw: int | None, interval: tuple[float, float]) -> go.Figure:
    """F as steps over the classes, the noise that is possible shaded, and u on its axis.

    The step that u hits is the class. Over several draws F is that of their mean row.

    Args:
        side: rows with their noise.
        draw: which one; None for all.
        interval: of u, as of `possible` before do().
    """
    row = side.rows.mean(0) if draw is None else side.rows[draw]
    order, cdf = cumulated(side.variable, row)
    place = np.argsort(order)
    figure = make_subplots(1, 2, column_widths=[0.8, 0.2], shared_yaxes=True, horizontal_spacing=0)
    last = len(order) - 0.5
    figure.add_scatter(
        x=[-0.5, *range(len(order)), last],
        y=[0.0, *cdf, 1.0],
        mode="lines",
        line={"color": BLUE, "shape": "hv", "width": 2.5},
        hovertemplate="F = %{y:.4f}<extra></extra>",
    )
    figure.add_hrect(*interval, fillcolor=BLUE, opacity=0.3, line_width=0, layer="below")
    figure.add_trace(_histogram(side.noise), row=1, col=2)
    if side.noise is not None:
        u = side.noise
        if draw is not None:
            figure.add_hline(u[draw], line={"color": ORANGE, "dash": "dash", "width": 2})
            u = np.full_like(u, u[draw])
        _mark(
            figure, side, draw, lambda mark: (float(place[mark.value]), float(u[mark.draws].mean()))
        )
    figure.update_xaxes(**_ticks(side.variable, order), range=[-0.6, last + 0.1], col=1)
    figure.update_xaxes(visible=False, range=[0, 1.05], col=2)
    figure.update_yaxes(range=[-0.03, 1.03], zeroline=False)
    figure.update_yaxes(title="u and F", col=1)
    figure.update_layout(bargap=0)
    return _finished(figure)


def shares_figure(side: Assignment) -> go.Figure:
    """How many draws are in each class, before and after."""
    figure, x = go.Figure(), np.arange(side.variable.classes)
    before = side.classes if side.before is None else side.before
    for name, classes, colour in (("before", before, GREEN), ("after", side.classes, ORANGE)):
        figure.add_bar(
            x=x,
            y=np.bincount(classes, minlength=len(x)) / len(classes),
            name=name,
            marker_color=colour,
            hovertemplate=f"{name}, class %{{x}}: %{{y:.0%}}<extra></extra>",
        )
    figure.update_xaxes(**_ticks(side.variable, x))
    figure.update_yaxes(title="share of the draws", range=[0, 1.03], tickformat=".0%")
    return _finished(figure)


def latent_figure(pixels: Pixels, draw: int | None) -> go.Figure:
    """Mean and standard deviation of each z, beside the band of its prior N(0, 1).

    Args:
        pixels: whose z it is.
        draw: which one, its z marked by a star; None for the mean over all.
    """
    means, spreads = pixels.z_mean, pixels.z_stddev
    reach = np.abs([means + spreads, means - spreads, pixels.z])
    most = 1.05 * max(1.0, float(reach.max()))
    mean, spread = (part.mean(0) if draw is None else part[draw] for part in (means, spreads))
    figure, x = go.Figure(), [f"z<sub>{i}</sub>" for i in range(1, len(mean) + 1)]
    figure.add_hrect(-1, 1, fillcolor=GREY, opacity=0.25, line_width=0, layer="below")
    figure.add_bar(
        x=x,
        y=mean,
        marker_color=BLUE,
        error_y={"type": "data", "array": spread, "color": GREY, "thickness": 2},
        hovertemplate="%{x}: mean %{y:.2f}<extra></extra>",
    )
    if draw is not None:
        star = {"symbol": "star", "color": ORANGE, "size": 9}
        words = "%{x} = %{y:.2f}<extra></extra>"
        figure.add_scatter(x=x, y=pixels.z[draw], mode="markers", marker=star, hovertemplate=words)
    figure.update_yaxes(title="z", range=[-most, most])
    return _finished(figure, 160)


def _race(
    logits: np.ndarray, noise: np.ndarray | None, draw: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(K,) each: mean, 5 % and 95 % quantile of log p + u; of one draw all three are the same."""
    if noise is None:
        mean, low, high = (logits.mean(0) + shift for shift in GUMBEL)
        return mean, low, high
    sums = logits + (noise if draw is None else noise[[draw]])
    low, high = np.quantile(sums, [0.05, 0.95], axis=0)
    return sums.mean(0), low, high


def _histogram(noise: np.ndarray | None) -> go.Bar:
    """How many draws have their u where; before abduction it is as likely everywhere."""
    counts = np.ones(_BINS) if noise is None else np.histogram(noise, _BINS, (0, 1))[0]
    return go.Bar(
        x=counts / counts.max(),
        y=(np.arange(_BINS) + 0.5) / _BINS,
        orientation="h",
        marker_color=GREY,
        hovertemplate="u near %{y:.2f}<extra></extra>",
    )


def _colours(side: Assignment, draw: int | None) -> list[str]:
    """Of the bars: orange where the class is now, green where it was."""
    colours = [BLUE] * side.variable.classes
    for mark, colour in reversed(list(zip(given(side, draw), (ORANGE, GREEN), strict=False))):
        colours[mark.value] = colour
    return colours


def _mark(
    figure: go.Figure,
    side: Assignment,
    draw: int | None,
    at: Callable[[Given], tuple[float, float]],
) -> None:
    """Marks the class now by a star, and the class before by a ring, where `at` says."""
    star = {"symbol": "star", "color": ORANGE, "size": 13}
    ring = {"symbol": "circle-open", "color": GREEN, "size": 18, "line": {"width": 3}}
    names = "class now", "class before"
    for mark, name, marker in zip(given(side, draw), names, (star, ring), strict=False):
        x, y = at(mark)
        label = as_text(side.variable.label(mark.value), "plotly")
        words = f"{name}: {label}<extra></extra>"
        figure.add_scatter(x=[x], y=[y], mode="markers", marker=marker, hovertemplate=words)


def _whiskers(shown: np.ndarray, low: np.ndarray, high: np.ndarray) -> dict[str, Any]:
    """From the end of each bar down to the band's low end and up to its high one."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - shown).clip(0),
        "arrayminus": (shown - low).clip(0),
        "color": GREY,
        "thickness": 1.5,
        "width": 3,
        "visible": bool((high > low).any()),
    }


def _ticks(variable: Variable, order: np.ndarray) -> dict[str, Any]:
    """A name under each class, or under every few of them."""
    places = np.arange(0, len(order), max(1, len(order) // 8))
    names = [as_text(variable.label(int(order[place])), "plotly") for place in places]
    title = as_text(variable.name, "plotly")
    return {"title": title, "tickvals": places, "ticktext": names, "zeroline": False}


def _finished(figure: go.Figure, height: int = HEIGHT) -> go.Figure:
    """The look that all of them share."""
    return figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        showlegend=False,
        dragmode=False,
    )
