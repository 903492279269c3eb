"""The directed acyclic graph of a story, and what an intervention does to it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

import networkx as nx


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
                    f"{child} has the parent {cause!r}, which is not a variable: "
                    f"the variables are {', '.join(parents)}."
                )
            graph.add_edge(cause, child)
    if not nx.is_directed_acyclic_graph(graph):
        cycle = " → ".join(edge[0] for edge in nx.find_cycle(graph))
        raise ValueError(f"The graph has a cycle through {cycle}: a story must be acyclic.")
    return graph


def causal_order(graph: nx.DiGraph) -> list[str]:
    """The variables, causes before effects; ties keep the order of the variables."""
    position = {name: i for i, name in enumerate(graph.nodes)}
    return list(nx.lexicographical_topological_sort(graph, key=position.__getitem__))


def cut_edges(graph: nx.DiGraph, targets: Iterable[str]) -> set[tuple[str, str]]:
    """The edges that do(targets) removes: all that enter a target."""
    return set(graph.in_edges(list(targets)))


def mutilate(graph: nx.DiGraph, targets: Iterable[str]) -> nx.DiGraph:
    """The graph under do(targets) (Pearl 2009, section 3.2: edges into a target removed)."""
    mutilated = graph.copy()
    mutilated.remove_edges_from(cut_edges(graph, targets))
    return mutilated


def moved_by(graph: nx.DiGraph, targets: Iterable[str]) -> frozenset[str]:
    """The variables that can change under do(targets) without being targets themselves."""
    return _moved_by(graph, frozenset(targets))


@functools.lru_cache(maxsize=256)  # a strip asks the same of one graph forty times
def _moved_by(graph: nx.DiGraph, targets: frozenset[str]) -> frozenset[str]:
    mutilated = mutilate(graph, targets)
    moved = frozenset[str]().union(*(nx.descendants(mutilated, target) for target in targets))
    return moved - targets
