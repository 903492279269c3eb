"""The directed acyclic graph of a story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx

from causal_explorer.wording import brief, listed, shortened


def causal_graph(parents: Mapping[str, Iterable[str]]) -> nx.DiGraph:
    """Builds the graph in which every name points from its parents.

    Args:
        parents: each variable's direct causes, in the order that its table is indexed by.

    Raises:
        ValueError: a parent that is no variable, or a cycle.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(parents)
    for child, causes in parents.items():
        for cause in causes:
            if cause not in parents:
                raise ValueError(
                    f"{shortened(child)} has the parent {brief(cause)}, which is not a variable: "
                    f"the variables are {listed(parents)}."
                )
            graph.add_edge(cause, child)
    if not nx.is_directed_acyclic_graph(graph):
        cycle = listed(edge[0] for edge in nx.find_cycle(graph))
        raise ValueError(f"The graph has a cycle through {cycle}: a story must be acyclic.")
    return graph


def causal_order(graph: nx.DiGraph) -> list[str]:
    """The variables, causes before effects; ties keep the order of the variables."""
    position = {name: i for i, name in enumerate(graph.nodes)}
    return list(nx.lexicographical_topological_sort(graph, key=position.__getitem__))
