"""What a story entails, shown: joint distributions, means under seeing and doing, sprites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from causal_explorer.inference.agreement import total_variation
from causal_explorer.scm.variables import Variable
from causal_explorer.ui.as_text import escape
from causal_explorer.ui.pictures import data_uri

_CLOSE = 0.01  # classes: two means that read the same
_BLUE, _ORANGE = "#4c8fd6", "#e8912d"
_STYLE = """<style>
.ce-many {container-type: inline-size}
.ce-sheet {display: grid; grid-template-columns: repeat(12, 1fr); gap: 4px}
.ce-sheet img {width: 100%; display: block; image-rendering: pixelated; border-radius: 3px;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); box-sizing: border-box}
@container (max-width: 640px) {.ce-sheet {grid-template-columns: repeat(6, 1fr)}}
</style>"""


def moved(table: np.ndarray, before: np.ndarray) -> float:
    """The share of the mass that an edit moved: half of Σ |p − p'|, the total variation."""
    share = total_variation(table, before)
    return share if share > 1e-9 else 0.0  # below: rounding of the sums


def joint_figure(
    table: np.ndarray, beside: np.ndarray, a: Variable, b: Variable, title: str
) -> go.Figure:
    """A heat map of p(a, b) with both margins.

    Args:
        table: (K_a, K_b).
        beside: (K_a, K_b) of the map that stands beside it, so that both have the same scales.
        a: runs to the right.
        b: runs upwards, and posY downwards as in the pictures.
        title: of the map.
    """
    figure = make_subplots(
        rows=2,
        cols=2,
        column_widths=[0.82, 0.18],
        row_heights=[0.18, 0.82],
        shared_xaxes=True,
        shared_yaxes=True,
        horizontal_spacing=0.02,
        vertical_spacing=0.02,
    )
    x, y = np.arange(a.classes), np.arange(b.classes)
    pair = f"{a.name} %{{x}}, {b.name} %{{y}}: p = %{{z:.4f}}<extra></extra>"
    heat = go.Heatmap(x=x, y=y, z=table.T, coloraxis="coloraxis", hovertemplate=pair)
    above = go.Bar(x=x, y=table.sum(1), hovertemplate=f"{a.name} %{{x}}: %{{y:.4f}}<extra></extra>")
    right = go.Bar(
        y=y,
        x=table.sum(0),
        orientation="h",
        hovertemplate=f"{b.name} %{{y}}: %{{x:.4f}}<extra></extra>",
    )
    figure.add_trace(heat, row=2, col=1)
    figure.add_trace(above, row=1, col=1)
    figure.add_trace(right, row=2, col=2)
    tops = [float(np.maximum(table.sum(axis), beside.sum(axis)).max()) for axis in (1, 0)]
    figure.update_traces(marker={"color": _BLUE, "line": {"width": 0}}, selector={"type": "bar"})
    figure.update_xaxes(row=2, col=1, **_axis(a))
    figure.update_yaxes(row=2, col=1, **_axis(b), autorange="reversed" if _down(b) else True)
    figure.update_yaxes(row=1, col=1, range=[0, 1.05 * tops[0]], visible=False)
    figure.update_xaxes(row=2, col=2, range=[0, 1.05 * tops[1]], visible=False)
    figure.update_layout(
        title={"text": title, "x": 0, "font": {"size": 16}},
        height=370,
        margin={"l": 0, "r": 0, "t": 32, "b": 0},
        bargap=0.1,
        showlegend=False,
        dragmode=False,
        coloraxis={
            "colorscale": "Cividis",
            "cmin": 0,
            "cmax": float(max(table.max(), beside.max())),
            "colorbar": {
                "orientation": "h",
                "thickness": 8,
                "len": 0.82,
                "x": 0,
                "xanchor": "left",
                "y": -0.3,
                "yanchor": "top",
                "nticks": 4,
            },
        },
    )
    return figure


def means_figure(see: np.ndarray, do: np.ndarray, cause: Variable, effect: Variable) -> go.Figure:
    """E[effect | cause = k] and E[effect | do(cause = k)] for each class k, in classes.

    Args:
        see: (K,), K the classes of the cause.
        do: (K,).
        cause: runs to the right.
        effect: runs upwards, and posY downwards as in the pictures.
    """
    figure = go.Figure()
    for name, means, colour, dash, width in (
        (f"do({cause.name} = k)", do, _ORANGE, "solid", 5),
        (f"see {cause.name} = k", see, _BLUE, "dot", 2.5),  # above: seen where they agree
    ):
        figure.add_scatter(
            x=np.arange(cause.classes),
            y=means,
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": width},
            marker={"size": 2.5 * width},
            hovertemplate=f"{name}, k = %{{x}}: mean {effect.name} %{{y:.2f}}<extra></extra>",
        )
    low, high = _range(see, do, effect)
    figure.update_xaxes(**_axis(cause))
    figure.update_xaxes(title=f"k, class of {cause.name}")
    figure.update_yaxes(
        title=f"mean {_axis(effect)['title']}", range=[high, low] if _down(effect) else [low, high]
    )
    figure.update_layout(
        height=340,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        dragmode=False,
    )
    return figure


def remark(see: np.ndarray, do: np.ndarray, cause: Variable, effect: Variable) -> str:
    """What the two lines tell, in a sentence or two; arguments as of `means_figure`."""
    apart = float(np.abs(see - do).max())
    if np.ptp(see) < _CLOSE and np.ptp(do) < _CLOSE:
        return f"Neither seeing nor setting {cause.name} tells anything of the mean {effect.name}."
    if apart < _CLOSE:
        return (
            f"Seeing and doing agree here: no common cause of {cause.name} and {effect.name} shows."
        )
    if np.ptp(do) < _CLOSE:
        return (
            f"Seeing {cause.name} tells of {effect.name}, but setting it does not move the mean "
            f"{effect.name}."
        )
    seen, done = float(see[-1] - see[0]), float(do[-1] - do[0])
    if cause.kind == "ordinal" and seen * done < 0 and min(abs(seen), abs(done)) >= _CLOSE:
        return (
            f"From the lowest {cause.name} to the highest, the mean {effect.name} changes by "
            f"{seen:+.1f} classes where {cause.name} is seen, but by {done:+.1f} where it is set. "
            "The sign turns round: Simpson's paradox."
        ).replace("-", "−")
    return (
        f"Seeing and doing differ by up to {apart:.1f} classes: something besides the effect of "
        f"{cause.name} links it to {effect.name}."
    )


def sheet_html(pictures: Iterable[np.ndarray], words: str) -> str:
    """Small pictures side by side, 12 or 6 in a row, under one description."""
    images = "".join(f'<img src="{data_uri(picture)}" alt="">' for picture in pictures)
    sheet = f'<div class="ce-sheet" role="img" aria-label="{escape(words)}">{images}</div>'
    return f'{_STYLE}<div class="ce-many">{sheet}</div>'


def _down(variable: Variable) -> bool:
    return variable.name == "posY"  # rows are counted from the top


def _axis(variable: Variable) -> dict[str, Any]:
    """Title and ticks: names of the classes where they have any."""
    title = f"{variable.name} (0 is the top)" if _down(variable) else variable.name
    if not variable.labels:
        return {"title": title}
    return {"title": title, "tickvals": list(range(variable.classes)), "ticktext": variable.labels}


def _range(see: np.ndarray, do: np.ndarray, effect: Variable) -> tuple[float, float]:
    """Of the axis: what is shown, and never so little that nothing looks like something."""
    both = np.concatenate([see, do])
    middle, half = float(both.max() + both.min()) / 2, 0.55 * float(np.ptp(both))
    half = max(half, 0.1 * effect.classes)
    return middle - half, middle + half
