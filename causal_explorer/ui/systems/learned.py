"""The graph that a model learned, under the do() that was asked, beside the true one."""

from __future__ import annotations

from typing import Any

import networkx as nx
import streamlit as st

from causal_explorer.inference.concepts import ConceptExplorer
from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.request import Request
from causal_explorer.ui import graph
from causal_explorer.ui.systems.unit import as_labels


def show(request: Request, answer: Any, opened: Opened) -> None:
    """Its edges, which of them do() cuts, and how they differ from the truth."""
    if not isinstance(opened, ConceptExplorer):
        return
    dataset, found, do = opened.checkpoint.dataset, opened.graph, dict(request.do)
    cut = [edge for edge in found.edges if edge[1] in do]
    left = found.copy()
    left.remove_edges_from(cut)
    moves = set().union(*(nx.descendants(left, target) for target in do)) - set(do)
    graph.draw(found, as_labels(do, dataset.variables), cut, moves)
    true = set(dataset.scm().graph.edges) if dataset.scm else set()
    missing, extra = true - set(found.edges), set(found.edges) - true
    if not missing and not extra:
        st.caption("Learned from zeros, and equal to the true graph edge by edge.")
    else:
        words = [f"{a} → {b} is missing" for a, b in missing]
        words += [f"{a} → {b} is too much" for a, b in extra]
        st.caption(f"Learned from zeros. Beside the true graph {', '.join(words)}.")
