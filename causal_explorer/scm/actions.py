"""Actions: what do() puts in the place of a structural assignment.

Source: hard interventions, Pearl 2009, definition 3.2.1; soft ones, Eberhardt and Scheines
2007, "Interventions and causal inference", section 3.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx
import torch
from torch import Tensor

from causal_explorer.scm.mechanisms import Mechanism
from causal_explorer.scm.variables import Variable


@dataclass(frozen=True)
class Set:
    """v := value, whatever the causes: a hard intervention."""

    value: int


@dataclass(frozen=True)
class Shift:
    """v := f(pa, u) + by, kept in range or carried around a ring: a soft intervention.

    Steps are steps of the value. Around a ring whose last class is its first once more there are
    as many as it has different values (39 of orientation, with 40 classes), and where the two meet
    the first is given: from 38 one step leads to 0, as from 39 one leads to 1. Whole turns leave
    every class as it is.
    """

    by: int

    def of(self, variable: Variable, classes: Tensor) -> Tensor:
        """(N,) classes, moved."""
        if variable.kind != "circular":
            return (classes + self.by).clamp(0, variable.classes - 1)
        if self.by % variable.steps == 0:
            return classes
        return (classes + self.by) % variable.steps

    def law(self, variable: Variable, law: Tensor) -> Tensor:
        """(…, K) probabilities of what `of` gives."""
        into = self.of(variable, torch.arange(variable.classes))
        return torch.zeros_like(law).index_add_(-1, into, law)


@dataclass(frozen=True)
class Replace:
    """v := f̃(pa, u), another mechanism on the same noise: a soft intervention."""

    mechanism: Mechanism


Action = Set | Shift | Replace
Do = Mapping[str, Action]  # variable → what is done to it


def cut_edges(graph: nx.DiGraph, do: Do) -> frozenset[tuple[str, str]]:
    """The edges that do() removes: those along which a target no longer reads its causes."""
    return frozenset(
        (cause, target)
        for target, action in do.items()
        for cause in graph.predecessors(target)
        if isinstance(action, Set)
        or (isinstance(action, Replace) and cause not in action.mechanism.parents)
    )


def mutilate(graph: nx.DiGraph, do: Do) -> nx.DiGraph:
    """The graph under do() (Pearl 2009, section 3.2)."""
    mutilated = graph.copy()
    mutilated.remove_edges_from(cut_edges(graph, do))
    return mutilated


def reached_from(name: str, graph: nx.DiGraph, do: Do) -> list[str]:
    """The other targets of do() that a variable still descends from."""
    mutilated = mutilate(graph, do)
    return [target for target in do if target != name and nx.has_path(mutilated, target, name)]


def moved_by(graph: nx.DiGraph, do: Do) -> frozenset[str]:
    """The variables that can change without being set: descendants, and soft targets."""
    settled = frozenset(target for target, action in do.items() if isinstance(action, Set))
    reached = _reached(graph, cut_edges(graph, do), frozenset(do))
    return (reached | frozenset(do)) - settled


@functools.lru_cache(maxsize=256)  # a strip asks the same of one graph forty times
def _reached(
    graph: nx.DiGraph, cut: frozenset[tuple[str, str]], targets: frozenset[str]
) -> frozenset[str]:
    mutilated = graph.copy()
    mutilated.remove_edges_from(cut)
    return frozenset[str]().union(*(nx.descendants(mutilated, target) for target in targets))


def settings(classes: Mapping[str, int]) -> dict[str, Action]:
    """do() of hard interventions only."""
    return {name: Set(value) for name, value in classes.items()}
