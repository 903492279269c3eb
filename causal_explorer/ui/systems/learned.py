"""The graph that a model learned: the strength of every edge, and how it differs from the truth."""

from __future__ import annotations

from typing import Any

from causal_explorer.inference.concepts import ConceptExplorer
from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.request import Request
from causal_explorer.ui import charts


def show(request: Request, answer: Any, opened: Opened) -> None:
    """The strengths, whatever do() was asked."""
    if not isinstance(opened, ConceptExplorer):
        return
    titles = {variable.name: variable.title for variable in opened.dataset.variables}
    found, names = charts.side_by_side([""]), [*titles.values()]
    found.add_trace(charts.heat(opened.strengths, names, names, zmin=0, zmax=1))
    found.update_yaxes(autorange="reversed", title="cause").update_xaxes(title="effect")
    true = set(opened.dataset.scm().graph.edges) if opened.dataset.scm else set()
    wrong = [
        f"{titles[a]} → {titles[b]} is {'missing' if (a, b) in true else 'too much'}"
        for a, b in true ^ set(opened.graph.edges)
    ]
    words = (
        "Probability of each edge, learned from zeros; those above 0.5 are the graph that do() "
        "follows. "
    )
    words += (
        f"Beside the true graph {', '.join(sorted(wrong))}."
        if wrong
        else "It is equal to the true graph edge by edge."
    )
    charts.show("Strength of each edge", found, words, 300)
