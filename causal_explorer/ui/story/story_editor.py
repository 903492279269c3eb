"""A story edited edge by edge: stories in, stories, words and a graph out."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import PurePath

import numpy as np

from causal_explorer import toml
from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.story import SUMMARY, Story, parse
from causal_explorer.scm.variables import Variable
from causal_explorer.text import decoded
from causal_explorer.ui.as_text import as_text
from causal_explorer.wording import brief, first_line, shortened

Edge = tuple[str, str]  # cause, effect
_MOST_HIDDEN = 64  # combinations of hidden classes: half a second a map
_FACTOR, _LINE, _NEW, _CUT, _ORANGE = "#d7dbe0", "#8a93a0", "#2f7fd0", "#d1342f", "#e8912d"


def uploaded(name: str, content: bytes, variables: tuple[Variable, ...]) -> Story:
    """A story from a user's file.

    Args:
        name: of the file.
        content: TOML in UTF-8.
        variables: of the data set that it must fit.

    Raises:
        ValueError: in one sentence, what is wrong with it.
    """
    if len(content) > toml.STORY:
        raise ValueError(
            f"The file {brief(name)} has {len(content):,} bytes: a story takes at most "
            f"{toml.STORY:,}."
        )
    try:
        text = decoded(content)
    except ValueError as error:
        raise ValueError(f"The file {brief(name)} cannot be read: {first_line(error)}.") from error
    try:
        story = parse(PurePath(name).stem[:40], text)
        if prod(story.hidden.values()) <= _MOST_HIDDEN:
            story.build(variables)
            return story
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
    changed = story.with_effect(cause, known[target], effect)
    mechanisms = dict(changed.mechanisms)
    now, then = mechanisms[target], before.mechanisms[target]
    if isinstance(now, Peak) and isinstance(then, Peak) and now.effects == then.effects:
        mechanisms[target] = then
    if mechanisms == before.mechanisms:
        return before
    changed = replace(changed, mechanisms=mechanisms)
    changed.build(variables)
    told = f"{before.summary} Then edited: {in_words(changed, before)}."
    return replace(changed, summary=told if len(told) <= SUMMARY else shortened(told, SUMMARY))


def arrow(edge: Edge) -> str:
    """An edge as one reads it."""
    return f"{edge[0]} → {edge[1]}"


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
    return f'"{as_text(text, "dot")}"'
