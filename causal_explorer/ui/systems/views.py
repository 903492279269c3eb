"""What Explore shows of a system's answer below the pictures."""

from __future__ import annotations

from typing import Any

import networkx as nx
import streamlit as st

from causal_explorer.data.dataset import Dataset
from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.opened import Opened
from causal_explorer.scm.actions import cut_edges, moved_by, settings
from causal_explorer.sharing.request import Request
from causal_explorer.ui import graph
from causal_explorer.ui.checks.measures import table_html
from causal_explorer.ui.systems import extras, takeaway
from causal_explorer.ui.systems.unit import as_labels, key


def graph_of(dataset: Dataset, do: dict[str, float]) -> None:
    """The data set's causal graph with the edges that do() cuts."""
    if dataset.scm is None:
        return
    law = dataset.scm()
    done = settings(dict.fromkeys(do, 0))  # to whatever value: the edges ask nothing of it
    cut, moves = cut_edges(law.graph, done), moved_by(law.graph, done)
    titles = {v.name: v.title for v in (*dataset.variables, *dataset.hidden)}
    own = [v.name for v in dataset.hidden if v.name in law.graph]
    marks = {titles[name]: "noise" if name in dataset.unseen else "hidden" for name in own}
    graph.draw(
        nx.relabel_nodes(law.graph, titles),
        as_labels(do, dataset.variables),
        [(titles[cause], titles[effect]) for cause, effect in cut],
        [titles[name] for name in moves],
        marks,
        [titles[name] for name in dataset.unseen],
    )


def look_closer(request: Request, answer: Any, opened: Opened) -> None:
    """Tabs, of which only the open one is computed; the address says which."""
    own = extras.of(opened)
    names = ["What moved", *own, "Take it away"]
    tabs = st.tabs(
        names, key=key(request.checkpoint, "view"), on_change="rerun", bind="query-params"
    )
    for tab, name in zip(tabs, names, strict=True):
        if tab.open:
            with tab:
                if name == "What moved":
                    st.html(moved_html(answer, opened.checkpoint.dataset))
                elif name in own:
                    own[name](request, answer, opened)
                else:
                    takeaway.panel(request, answer, opened)


def moved_html(answer: Any, dataset: Dataset) -> str:
    """Each variable before and after: by the true law, and as the model has it."""
    variables = dataset.variables
    before, after, read = _values(answer)
    told = [as_labels(values, variables) for values in (before, after, read)]
    head = ["variable", "before", "after, truth"] + (["after, in the model"] if read else [])
    columns = told if read else told[:2]
    rows = [(v.title, *(column.get(v.title, "–") for column in columns)) for v in variables]
    return table_html(head, rows)


def _values(answer: Any) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Values before, after, and after as the model has them; most likely classes of many draws."""
    if isinstance(answer, CounterfactualAnswer):
        names = [variable.name for variable in answer.variables]
        tables = (answer.factual, answer.counterfactual)
        before, after = (
            {n: float(answer_mode(table[:, i])) for i, n in enumerate(names)} for table in tables
        )
        return before, after, {}
    return answer.factual, answer.counterfactual, answer.read


def answer_mode(column: Any) -> int:
    """The most frequent class of (S,) draws."""
    return max(set(column.tolist()), key=column.tolist().count)
