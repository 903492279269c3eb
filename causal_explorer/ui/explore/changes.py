"""What became of each factor, and why: rows of a table, then HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx
import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.scm.actions import Do, Set, reached_from
from causal_explorer.sharing.words import percent
from causal_explorer.ui.as_text import escape

STYLE = """<style>
.ce-table {width: 100%; border-collapse: collapse; font-size: 0.95rem}
.ce-table th, .ce-table td {text-align: left; vertical-align: middle; padding: 0.35rem 0.75rem;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent)}
.ce-table th:first-child, .ce-table td:first-child {padding-left: 0}
.ce-table thead th {font-weight: 600; opacity: 0.75; font-size: 0.875rem}
.ce-bars {display: flex; align-items: flex-end; width: 200px; height: 2rem;
  border-bottom: 1px solid color-mix(in srgb, currentColor 40%, transparent)}
.ce-bars i {flex: 1; background: #4c8fd6; min-width: 0}
.ce-bars i.ce-was {border-bottom: 4px solid #e8912d}
.ce-mark {display: inline-block; width: 0.9rem; height: 4px; background: #e8912d;
  vertical-align: middle; margin-left: 0.4rem}
.ce-scroll {overflow-x: auto; container-type: inline-size}
@container (max-width: 640px) {
  .ce-table th, .ce-table td {padding: 0.3rem 0.35rem}
  .ce-table .ce-shares {display: none}
}
</style>"""
_HEAD = (
    "factor",
    "before",
    "after, most likely",
    'draws in each class <i class="ce-mark"></i> before',
    "why",
)


@dataclass(frozen=True)
class Change:
    """One factor before and after.

    Attributes:
        factor: its name.
        before: label of its class in the image; of the most likely one, where it is not known.
        certain: share of the draws that were in that class.
        after: label of its most likely class after.
        share: of the draws that are in that class.
        shares: of the draws in each class.
        was: its class in the image.
        why: what made it move, or kept it.
    """

    factor: str
    before: str
    certain: float
    after: str
    share: float
    shares: tuple[float, ...]
    was: int
    why: str


def changes(answer: CounterfactualAnswer, graph: nx.DiGraph) -> list[Change]:
    """One row a factor, in the data set's order.

    Args:
        answer: of the library.
        graph: of the story that it was asked under.
    """
    rows = []
    for column, variable in enumerate(answer.variables):
        drawn = np.bincount(answer.factual[:, column])
        was = int(drawn.argmax())
        after = answer.counterfactual[:, column]
        moved = float((answer.factual[:, column] != after).mean())
        shares = np.bincount(after, minlength=variable.classes) / len(after)
        likely = int(shares.argmax())
        rows.append(
            Change(
                factor=variable.name,
                before=variable.label(was),
                certain=float(drawn[was] / drawn.sum()),
                after=variable.label(likely),
                share=float(shares[likely]),
                shares=tuple(shares.tolist()),
                was=was,
                why=_why(variable.name, answer, graph, moved),
            )
        )
    return rows


def table_html(rows: Iterable[Change]) -> str:
    """The rows as a table with small bar charts; all words are escaped."""
    head = "".join(f'<th scope="col"{_column(i)}>{name}</th>' for i, name in enumerate(_HEAD))
    body = "".join(_row(row) for row in rows)
    return (
        f'{STYLE}<div class="ce-scroll" role="group" tabindex="0" aria-label="Table of changes">'
        f'<table class="ce-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def why(name: str, graph: nx.DiGraph, do: Do, kept: bool) -> str:
    """What made a variable move, or kept it.

    Args:
        name: of the variable.
        graph: before do().
        do: targets and what is done to them.
        kept: whether it is as it was.
    """
    causes = reached_from(name, graph, do)
    if isinstance(do.get(name), Set):
        return "set by do()"
    if not causes:
        return "not a descendant: cannot move"
    return f"descends from {' and '.join(causes)}" + (", but kept its value" if kept else "")


def _why(name: str, answer: CounterfactualAnswer, graph: nx.DiGraph, moved: float) -> str:
    """The same of a variable that moved in a share of the draws."""
    told = why(name, graph, answer.do, kept=not moved)
    if name not in answer.do:
        return f"moved in {percent(moved)} of the draws, because it {told}" if moved else told
    if isinstance(answer.do[name], Set):
        return told
    return f"changed by do(): moved in {percent(moved)} of the draws"


def _row(row: Change) -> str:
    share = f" · {percent(row.share)}"
    before = "" if row.certain == 1 else f" · {percent(row.certain)}"
    return (
        f'<tr><th scope="row">{escape(row.factor)}</th><td>{escape(row.before)}{before}</td>'
        f"<td><b>{escape(row.after)}</b>{share}</td>"
        f'<td class="ce-shares">{_bars(row)}</td><td>{escape(row.why)}</td></tr>'
    )


def _bars(row: Change) -> str:
    top = max(row.shares)
    bars = "".join(
        f'<i{_was(value == row.was)} style="height: {max(100 * share / top, 0):.1f}%"'
        f' title="class {value}: {percent(share)}"></i>'
        for value, share in enumerate(row.shares)
    )
    words = f"{row.factor}: {len(row.shares)} classes, most draws in {row.after}"
    return f'<div class="ce-bars" role="img" aria-label="{escape(words)}">{bars}</div>'


def _was(here: bool) -> str:
    return ' class="ce-was"' if here else ""


def _column(place: int) -> str:
    return ' class="ce-shares"' if place == 3 else ""
