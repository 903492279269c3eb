"""A structural causal model over categorical variables: v_i := f_i(pa_i, u_i).

Pure causality: nothing here knows of images. Units are columns of a batch; noise is a dict
from a variable's name to its batch of noise, classes are one (N,) int64 tensor a variable.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import networkx as nx
import torch
from torch import Tensor

from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.graph import causal_graph, causal_order
from causal_explorer.scm.mechanisms import Mechanism
from causal_explorer.scm.variables import Variable

Classes = dict[str, Tensor]  # variable → (N,) int64
Noise = dict[str, Tensor]  # variable → (N,) or (N, K) float64


@dataclass(frozen=True)
class SCM:
    """Variables with their mechanisms; the coupling is named by each call that needs one.

    Attributes:
        name: of the story.
        summary: the story in one breath.
        variables: in the data set's own order.
        mechanisms: one a variable.
    """

    name: str
    summary: str
    variables: tuple[Variable, ...]
    mechanisms: Mapping[str, Mechanism] = field(repr=False)

    def __post_init__(self) -> None:
        names = [variable.name for variable in self.variables]
        if sorted(names) != sorted(self.mechanisms):
            raise ValueError(
                f"Mechanisms were given for {', '.join(self.mechanisms)}: "
                f"the story takes one for each of {', '.join(names)}."
            )
        sizes = {variable.name: variable.classes for variable in self.variables}
        for name in causal_order(self.graph):
            mechanism = self.mechanisms[name]
            wanted = (*(sizes[parent] for parent in mechanism.parents), sizes[name])
            if tuple(mechanism.table.shape) != wanted:
                raise ValueError(
                    f"The table of {name} has shape {tuple(mechanism.table.shape)}: "
                    f"with its parents it takes {wanted}."
                )

    @cached_property
    def graph(self) -> nx.DiGraph:
        """Causes point at effects."""
        return causal_graph({v.name: self.mechanisms[v.name].parents for v in self.variables})

    @cached_property
    def order(self) -> list[Variable]:
        """The variables, causes before effects."""
        by_name = {variable.name: variable for variable in self.variables}
        return [by_name[name] for name in causal_order(self.graph)]

    def draw_noise(self, count: int, coupling: Coupling, generator: torch.Generator) -> Noise:
        """u ~ p(u) for `count` units."""
        return {v.name: coupling.draw(v, count, generator) for v in self.order}

    def predict(
        self,
        noise: Noise,
        coupling: Coupling,
        do: Mapping[str, int] | None = None,
        unmoved: Classes | None = None,
    ) -> Classes:
        """v := f(pa, u) in causal order; a target of do() takes its value instead.

        Args:
            noise: of every variable that is neither a target nor unmoved.
            coupling: that the noise was drawn or abducted under.
            do: targets and their classes.
            unmoved: classes of variables known to keep them.
        """
        do, unmoved = do or {}, unmoved or {}
        count = len(next(iter((noise | unmoved).values())))
        classes: Classes = {}
        for variable in self.order:
            if variable.name in do:
                classes[variable.name] = torch.full((count,), do[variable.name])
            elif variable.name in unmoved:
                classes[variable.name] = unmoved[variable.name]
            else:
                rows = self.rows(variable.name, classes, count)
                classes[variable.name] = coupling.assign(variable, rows, noise[variable.name])
        return classes

    def abduct(
        self,
        classes: Classes,
        coupling: Coupling,
        generator: torch.Generator,
        only: Collection[str] | None = None,
    ) -> Noise:
        """u ~ p(u | v), exactly: given all of v the noises are independent.

        Args:
            classes: of all variables.
            coupling: that the noise is for.
            generator: of the draws.
            only: the variables whose noise is wanted; left out, all.
        """
        noise: Noise = {}
        for variable in self.order:
            if only is not None and variable.name not in only:
                continue
            observed = classes[variable.name]
            rows = self.rows(variable.name, classes, len(observed))
            noise[variable.name] = coupling.abduct(variable, rows, observed, generator)
        return noise

    def rows(self, name: str, classes: Classes, count: int) -> Tensor:
        """(count, K): p(v_name | pa) of each unit."""
        mechanism = self.mechanisms[name]
        parents = tuple(classes[parent] for parent in mechanism.parents)
        return mechanism.table[parents].expand(count, -1)

    def stack(self, classes: Classes) -> Tensor:
        """(N, V): one column a variable, in `variables` order."""
        return torch.stack([classes[variable.name] for variable in self.variables], dim=1)

    def unstack(self, table: Tensor) -> Classes:
        """The inverse of `stack`."""
        return {v.name: column for v, column in zip(self.variables, table.T, strict=True)}

    def log_joint(self, do: Mapping[str, int] | None = None) -> Tensor:
        """log p(v | do) of every combination: one axis a variable, in `variables` order.

        A target's own axis keeps only its value's mass: all others are -inf.
        """
        axis = {variable.name: i for i, variable in enumerate(self.variables)}
        total = torch.zeros((), dtype=torch.float64)
        for variable in self.order:
            mechanism = self.mechanisms[variable.name]
            names, table = (*mechanism.parents, variable.name), mechanism.table
            if variable.name in (do or {}):
                names = (variable.name,)
                chosen = torch.tensor((do or {})[variable.name])
                table = torch.nn.functional.one_hot(chosen, variable.classes).double()
            total = total + _on_axes(table.log(), [axis[name] for name in names], len(axis))
        return total


def _on_axes(table: Tensor, axes: list[int], count: int) -> Tensor:
    """Lays a table's axes at the given places among `count`, for broadcasting."""
    ordered = table.permute(*sorted(range(len(axes)), key=axes.__getitem__))
    shape = [1] * count
    for place, size in zip(sorted(axes), ordered.shape, strict=True):
        shape[place] = size
    return ordered.reshape(shape)
