"""What Explore shows of a system's answer below the pictures."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import streamlit as st

from causal_explorer.data.dataset import Dataset
from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.opened import Opened
from causal_explorer.scm.actions import cut_edges, moved_by, settings
from causal_explorer.sharing.request import Request
from causal_explorer.ui import graph
from causal_explorer.ui.address import tabs
from causal_explorer.ui.checks import measures
from causal_explorer.ui.explore.changes import changes, table_html, why
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
    for tab, name in zip(tabs(names, key(request.checkpoint, "view")), names, strict=True):
        if tab.open:
            with tab:
                if name == "What moved":
                    st.html(moved_html(answer, opened.checkpoint.dataset))
                elif name in own:
                    own[name](request, answer, opened)
                else:
                    takeaway.panel(request, answer, opened)


def moved_html(answer: Any, dataset: Dataset) -> str:
    """Each variable before and after, by the true law and as the model has it, and why."""
    if isinstance(answer, CounterfactualAnswer):  # draws of every factor
        return table_html(changes(answer, dataset.scm().graph)) if dataset.scm else ""
    variables, stages = dataset.variables, [answer.factual, answer.counterfactual]
    head = ["variable", "before", "after, truth"]
    if answer.read:
        stages.append(answer.read)
        head.append("after, in the model")
    told = [as_labels(values, variables) for values in stages]
    reasons = _reasons(answer, dataset)
    return measures.table_html(
        [*head, "why, in truth"],
        [
            (v.title, *(values.get(v.title, "–") for values in told), reasons[v.title])
            for v in variables
        ],
    )


def _reasons(answer: Any, dataset: Dataset) -> dict[str, str]:
    """What made each variable move, or kept it, by the true law; by its title."""
    titles = {variable.name: variable.title for variable in dataset.variables}
    if dataset.scm is None:
        return dict.fromkeys(titles.values(), "no law is known")
    graph = nx.relabel_nodes(dataset.scm().graph, titles)
    done = settings(dict.fromkeys((titles[name] for name in answer.do), 0))
    return {
        title: why(title, graph, done, math.isclose(answer.factual[n], answer.counterfactual[n]))
        for n, title in titles.items()
    }
