"""The noise of a factor, drawn: the race of the Gumbels, and the inverse CDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from causal_explorer.inference.steps import cumulated
from causal_explorer.scm.variables import Variable

HEIGHT = 300  # pixels, whatever is shown
BLUE, ORANGE, GREEN, GREY = "#4c8fd6", "#e8912d", "#5aa469", "#8a93a0"
_GUMBEL = (0.5772, -1.0972, 2.9702)  # mean, 5 % and 95 % quantile of Gumbel(0, 1)
_EDGE = {"width": 1.5, "color": "#1b2430"}  # seen on bars, on a light and on a dark page
_BINS = 50  # of the histogram of u


@dataclass(frozen=True)
class Assignment:
    """v := f(row, u) of one factor in D draws.

    Attributes:
        variable: the factor.
        rows: (D, K) p(v | pa).
        noise: (D, K) Gumbels or (D,) uniforms; None before abduction, where it follows its prior.
        classes: (D,) what it gives.
        before: (D,) what the same noise gave before do(); None where do() is not done yet.
    """

    variable: Variable
    rows: np.ndarray
    noise: np.ndarray | None
    classes: np.ndarray
    before: np.ndarray | None = None


def gumbel_span(sides: Iterable[Assignment]) -> tuple[float, float]:
    """The axis that holds log p + u of all draws, and the prior's band."""
    low, high = np.inf, -np.inf
    for side in sides:
        logits = np.log(side.rows)
        low = min(low, float(logits.min()) + _GUMBEL[1])
        high = max(high, float(logits.max()) + _GUMBEL[2])
        if side.noise is not None:
            high = max(high, float((logits + side.noise).max()))
    return low - 0.5, high + 0.12 * (high - low)


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
    _mark(figure, side, draw, lambda k, _: (float(k), float(top[k])))
    figure.update_xaxes(**ticks(side.variable, x))
    figure.update_yaxes(title="log p + u", range=span, zeroline=False)
    return finished(figure)


def _race(
    logits: np.ndarray, noise: np.ndarray | None, draw: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(K,) each: mean, 5 % and 95 % quantile of log p + u; of one draw all three are the same."""
    if noise is None:
        mean, low, high = (logits.mean(0) + shift for shift in _GUMBEL)
        return mean, low, high
    sums = logits + (noise if draw is None else noise[[draw]])
    low, high = np.quantile(sums, [0.05, 0.95], axis=0)
    return sums.mean(0), low, high


def possible(side: Assignment, draw: int | None) -> tuple[float, float]:
    """The interval (F(k-1), F(k)) of u that gives the class k; over several draws, all of them.

    Before abduction it is (0, 1).
    """
    if side.noise is None:
        return 0.0, 1.0
    ends = []
    for place in range(len(side.rows)) if draw is None else [draw]:
        row, k = side.rows[place], side.classes[place]
        order, cdf = cumulated(side.variable, row)
        high = float(cdf[order == k][0])
        ends.append((high - float(row[k]), high))
    low, high = zip(*ends, strict=True)
    return min(low), max(high)


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
        _mark(figure, side, draw, lambda k, given: (float(place[k]), float(u[given].mean())))
    figure.update_xaxes(**ticks(side.variable, order), range=[-0.6, last + 0.1], col=1)
    figure.update_xaxes(visible=False, range=[0, 1.05], col=2)
    figure.update_yaxes(range=[-0.03, 1.03], zeroline=False)
    figure.update_yaxes(title="u and F", col=1)
    figure.update_layout(bargap=0)
    return finished(figure)


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


@dataclass(frozen=True)
class _Mark:
    """A class that the noise gives: in the draw that is shown, or in most of them.

    Attributes:
        name: which of two it is.
        value: the class.
        given: (D,) the draws that it is given in.
        marker: of the figure.
    """

    name: str
    value: int
    given: np.ndarray
    marker: dict[str, Any]


def _marks(side: Assignment, draw: int | None) -> list[_Mark]:
    """The class now, and the class before where do() is done; none before abduction."""
    if side.noise is None:
        return []
    star = {"symbol": "star", "color": ORANGE, "size": 13}
    ring = {"symbol": "circle-open", "color": GREEN, "size": 18, "line": {"width": 3}}
    found = []
    for name, classes, marker in (
        ("class now", side.classes, star),
        ("class before", side.before, ring),
    ):
        if classes is not None:
            k = int(np.bincount(classes).argmax() if draw is None else classes[draw])
            found.append(_Mark(name, k, classes == k, marker))
    return found


def _colours(side: Assignment, draw: int | None) -> list[str]:
    """Of the bars: orange where the class is now, green where it was."""
    colours = [BLUE] * side.variable.classes
    for mark in reversed(_marks(side, draw)):
        colours[mark.value] = mark.marker["color"]
    return colours


def _mark(
    figure: go.Figure,
    side: Assignment,
    draw: int | None,
    at: Callable[[int, np.ndarray], tuple[float, float]],
) -> None:
    """Puts the marks where `at` says, by their class and the draws that it is given in."""
    for mark in _marks(side, draw):
        x, y = at(mark.value, mark.given)
        words = f"{mark.name}: {side.variable.label(mark.value)}<extra></extra>"
        figure.add_scatter(x=[x], y=[y], mode="markers", marker=mark.marker, hovertemplate=words)


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
    }


def ticks(variable: Variable, order: np.ndarray) -> dict[str, Any]:
    """A name under each class, or under every few of them."""
    places = np.arange(0, len(order), max(1, len(order) // 8))
    names = [variable.label(int(order[place])) for place in places]
    return {"title": variable.name, "tickvals": places, "ticktext": names, "zeroline": False}


def finished(figure: go.Figure, height: int = HEIGHT) -> go.Figure:
    """The look that all of them share."""
    return figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        showlegend=False,
        dragmode=False,
    )
