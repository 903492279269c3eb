"""A story edited edge by edge, and how it is shown: stories in, stories, words and figures out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from math import prod
from pathlib import PurePath
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.story import Story, parse
from causal_explorer.scm.variables import Variable
from causal_explorer.ui.pictures import data_uri
from causal_explorer.wording import brief, first_line

Edge = tuple[str, str]  # cause, effect
MOST_BYTES = 1_000_000  # of an uploaded story; the shipped ones have under 1,000
_MOST_HIDDEN = 64  # combinations of hidden classes: half a second a map
_CLOSE = 0.01  # classes: two means that read the same
_FACTOR, _LINE, _NEW, _CUT = "#d7dbe0", "#8a93a0", "#2f7fd0", "#d1342f"
_BLUE, _ORANGE = "#4c8fd6", "#e8912d"
_STYLE = """<style>
.ce-many {container-type: inline-size}
.ce-sheet {display: grid; grid-template-columns: repeat(12, 1fr); gap: 4px}
.ce-sheet img {width: 100%; display: block; image-rendering: pixelated; border-radius: 3px;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); box-sizing: border-box}
@container (max-width: 640px) {.ce-sheet {grid-template-columns: repeat(6, 1fr)}}
</style>"""


def uploaded(name: str, content: bytes, variables: tuple[Variable, ...]) -> Story:
    """A story from a user's file.

    Args:
        name: of the file.
        content: TOML in UTF-8.
        variables: of the data set that it must fit.

    Raises:
        ValueError: in one sentence, what is wrong with it.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(
            f"The file {brief(name)} has {len(content):,} bytes: a story takes at most "
            f"{MOST_BYTES:,}."
        )
    try:
        story = parse(PurePath(name).stem[:40], content.decode("utf-8-sig"))
        if len(edges(story)) > len(set(edges(story))):
            raise ValueError(f"The file {brief(name)} names a cause of the same effect twice.")
        if prod(story.hidden.values()) <= _MOST_HIDDEN:
            story.build(variables)
            return story
    except UnicodeDecodeError as error:
        raise ValueError(f"The file {brief(name)} is not text in UTF-8.") from error
    except (RecursionError, OverflowError, TypeError) as error:
        raise ValueError(f"The file {brief(name)} is no story: {first_line(error)}.") from error
    raise ValueError(
        f"The hidden causes in {brief(name)} have more than {_MOST_HIDDEN} combinations: this "
        "page enumerates them, so it takes fewer."
    )


def edges(story: Story) -> list[Edge]:
    """Causes and effects, in the order of the file."""
    return [
        (cause, target)
        for target, written in story.mechanisms.items()
        for cause in (written.effects if isinstance(written, Peak) else written.parents)
    ]


def effect_of(story: Story, edge: Edge) -> Effect | None:
    """What the file says of an edge; None where there is no such edge, or it says a table."""
    cause, target = edge
    written = story.mechanisms.get(target)
    return written.effects.get(cause) if isinstance(written, Peak) else None


def default_effect(cause: Variable, target: Variable) -> Effect:
    """An effect that can be seen: it moves the peak over 6/10 of the target's classes.

    A nominal cause spreads its values over that range, an ordered one slopes, a circular one
    is a sine.
    """
    reach = 2.0 if target.kind == "nominal" else round(0.3 * target.classes, 2)
    if cause.kind == "nominal":
        values = np.linspace(-reach, reach, cause.classes).round(2)
        return Effect(values=tuple(map(float, values)))
    if cause.kind == "circular":
        return Effect(sine=reach)
    return Effect(slope=round(2 * reach / (cause.classes - 1), 2))


def edited(
    story: Story, before: Story, edge: Edge, effect: Effect | None, variables: tuple[Variable, ...]
) -> Story:
    """The story with another effect along an edge; None removes the edge.

    A variable whose causes are again what they were gets back its mechanism of then, so that an
    edit taken back leaves no trace.

    Args:
        story: as it is now.
        before: as it was before all edits.
        edge: cause and effect.
        effect: the new one, in classes of the effect.
        variables: of the data set.

    Raises:
        ValueError: what the library refuses, such as a cycle.
    """
    cause, target = edge
    known = {variable.name: variable for variable in before.build(variables).all}
    changed = story.with_effect(cause, target, effect, *_width(known[target]))
    mechanisms = dict(changed.mechanisms)
    now, then = mechanisms[target], before.mechanisms[target]
    if isinstance(now, Peak) and isinstance(then, Peak) and now.effects == then.effects:
        mechanisms[target] = then
    if mechanisms == before.mechanisms:
        return before
    changed = replace(changed, mechanisms=mechanisms)
    changed.build(variables)
    return replace(changed, summary=f"{before.summary} Then edited: {in_words(changed, before)}.")


def arrow(edge: Edge) -> str:
    """An edge as one reads it."""
    return f"{edge[0]} → {edge[1]}"


def plain(text: str) -> str:
    """Words of a user's file, so that Markdown shows them as they are."""
    return re.sub(r"([\\`*_\[\]<>$~])", r"\\\1", text)


def in_words(story: Story, before: Story) -> str:
    """What was edited: "added scale → posX; removed shape → scale"; empty if nothing was."""
    now, then = edges(story), edges(before)
    added = [arrow(edge) for edge in now if edge not in then]
    removed = [arrow(edge) for edge in then if edge not in now]
    parts = [f"added {', '.join(added)}"] if added else []
    parts += [f"removed {', '.join(removed)}"] if removed else []
    parts += [f"{arrow(e)} at strength {s:g}" for e, s in _turned(story, before).items()]
    return "; ".join(parts)


def dot(story: Story, before: Story) -> str:
    """The graph as a DOT string: hidden causes dashed, edits coloured."""
    now, then, turned = edges(story), edges(before), _turned(story, before)
    lines = []
    for edge in dict.fromkeys([*now, *then]):
        if edge not in now:
            mark = f'color="{_CUT}", fontcolor="{_CUT}", style=dashed, penwidth=2, label="✂"'
        elif edge not in then:
            mark = f'color="{_NEW}", fontcolor="{_NEW}", penwidth=2.5, label="+"'
        elif edge in turned:
            label = f"× {turned[edge]:g}"
            mark = f'color="{_ORANGE}", fontcolor="{_ORANGE}", penwidth=2, label="{label}"'
        else:
            mark = ""
        lines.append(f"{_quote(edge[0])} -> {_quote(edge[1])} [{mark}];")
    return "\n".join(
        [
            "digraph story {",
            'rankdir=LR; bgcolor="transparent"; nodesep=0.2; ranksep=0.35;',
            'node [shape=box, margin="0.09,0.05", height=0.4, width=0.4];',
            f'node [fontname="sans-serif", fontsize=15, fontcolor="#1b2430", color="{_LINE}"];',
            f'edge [fontname="sans-serif", fontsize=14, color="{_LINE}", arrowsize=0.7];',
            *(_node(name, name in story.hidden) for name in story.mechanisms),
            *lines,
            "}",
        ]
    )


def caption(story: Story, before: Story) -> str:
    """What the graph shows, in words."""
    hidden = ", ".join(story.hidden)
    dashed = f"Dashed: hidden, in no data set ({hidden}). " if hidden else ""
    words = in_words(story, before)
    if words:
        return f"{dashed}Edited: {words}. Blue is added, red removed, orange another strength."
    return f"{dashed}Every factor also causes the image; that is the image model's part."


def moved(table: np.ndarray, before: np.ndarray) -> float:
    """The share of the mass that an edit moved: half of Σ |p − p'|, the total variation."""
    share = float(np.abs(table - before).sum() / 2)
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


def _width(target: Variable) -> tuple[float | None, float]:
    """Spread and concentration that a flat variable gets with its first cause, by its kind."""
    spread = max(1.0, round(0.1 * target.classes, 1))
    return (
        spread if target.kind == "ordinal" else None,
        4.0 if target.kind == "circular" else 0.0,
    )


def _turned(story: Story, before: Story) -> dict[Edge, float]:
    """The strengths of the edges that have another one than before."""
    found = {}
    for edge in edges(story):
        now, then = effect_of(story, edge), effect_of(before, edge)
        if now and then and now != then:
            found[edge] = now.strength
    return found


def _node(name: str, hidden: bool) -> str:
    unseen = f'style="dashed", shape=ellipse, penwidth=2, fontcolor="{_LINE}"'
    seen = f'style="filled,rounded", fillcolor="{_FACTOR}"'
    return f"{_quote(name)} [{unseen if hidden else seen}];"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


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
