"""A structural causal model over categorical variables: v_i := f_i(pa_i, u_i).

Pure causality: nothing here knows of images. Units are columns of a batch; noise is a dict
from a variable's name to its batch of noise, classes are one (N,) int64 tensor a variable.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

import networkx as nx
import numpy as np
import torch
from torch import Tensor

from causal_explorer.scm.actions import Do, Replace, Set, Shift
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.graph import causal_graph, causal_order
from causal_explorer.scm.inversion import invert
from causal_explorer.scm.mechanisms import Mechanism
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import listed, shortened

Classes = dict[str, Tensor]  # variable → (N,) int64
Noise = dict[str, Tensor]  # variable → (N,) or (N, K) float64


@dataclass(frozen=True)
class SCM:
    """Variables with their mechanisms; each call that needs a coupling is given one.

    Attributes:
        name: of the story.
        summary: the story in one breath.
        variables: in the data set's own order.
        mechanisms: one a variable, hidden ones included.
        hidden: causes that no data set shows, nor any question names.
        coupling: of the noise, where a question names none.
    """

    name: str
    summary: str
    variables: tuple[Variable, ...]
    mechanisms: Mapping[str, Mechanism] = field(repr=False)
    hidden: tuple[Variable, ...] = ()
    coupling: str = "gumbel"

    def __repr__(self) -> str:
        return f"SCM({shortened(self.name)!r}, coupling={self.coupling!r})"

    def __post_init__(self) -> None:
        names = [variable.name for variable in self.all]
        if sorted(names) != sorted(self.mechanisms):
            raise ValueError(
                f"Mechanisms were given for {listed(self.mechanisms)}: "
                f"the story takes one for each of {listed(names)}."
            )
        sizes = {variable.name: variable.classes for variable in self.all}
        for name in causal_order(self.graph):
            mechanism = self.mechanisms[name]
            wanted = (*(sizes[parent] for parent in mechanism.parents), sizes[name])
            if tuple(mechanism.table.shape) != wanted:
                raise ValueError(
                    f"The table of {name} has shape {tuple(mechanism.table.shape)}: "
                    f"with its parents it takes {wanted}."
                )

    @property
    def all(self) -> tuple[Variable, ...]:
        """Every variable, the hidden ones last."""
        return (*self.variables, *self.hidden)

    @cached_property
    def graph(self) -> nx.DiGraph:
        """Causes point at effects."""
        return causal_graph({v.name: self.mechanisms[v.name].parents for v in self.all})

    @cached_property
    def order(self) -> list[Variable]:
        """The variables, causes before effects."""
        by_name = {variable.name: variable for variable in self.all}
        return [by_name[name] for name in causal_order(self.graph)]

    def draw_noise(self, count: int, coupling: Coupling, generator: torch.Generator) -> Noise:
        """u ~ p(u) for `count` units."""
        return {v.name: coupling.draw(v, count, generator) for v in self.order}

    def predict(
        self,
        noise: Noise,
        coupling: Coupling,
        do: Do | None = None,
        unmoved: Classes | None = None,
    ) -> Classes:
        """v := f(pa, u) in causal order; a target of do() follows its action instead.

        Args:
            noise: of every variable that is neither set nor unmoved.
            coupling: that the noise was drawn or abducted under.
            do: targets and their actions.
            unmoved: classes of variables known to keep them.
        """
        do, unmoved = do or {}, unmoved or {}
        count = len(next(iter((noise | unmoved).values())))
        classes: Classes = {}
        for variable in self.order:
            name, action = variable.name, do.get(variable.name)
            if isinstance(action, Set):
                classes[name] = torch.full((count,), action.value)
            elif name in unmoved:
                classes[name] = unmoved[name]
            else:
                rows = self.rows(name, classes, count, do)
                assigned = coupling.assign(variable, rows, noise[name])
                shifted = isinstance(action, Shift)
                classes[name] = action.of(variable, assigned) if shifted else assigned
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

    def rows(self, name: str, classes: Classes, count: int, do: Do | None = None) -> Tensor:
        """(count, K): p(v_name | pa) of each unit, by a mechanism that do() may have replaced."""
        action = (do or {}).get(name)
        mechanism = action.mechanism if isinstance(action, Replace) else self.mechanisms[name]
        parents = tuple(classes[parent] for parent in mechanism.parents)
        return mechanism.table[parents].expand(count, -1)

    def stack(self, classes: Classes) -> Tensor:
        """(N, V): one column a variable, in `variables` order."""
        return torch.stack([classes[variable.name] for variable in self.variables], dim=1)

    def unstack(self, table: Tensor) -> Classes:
        """The inverse of `stack`."""
        return {v.name: column for v, column in zip(self.variables, table.T, strict=True)}

    def log_prob(self, classes: Classes) -> Tensor:
        """(N,) log p(v) of N units, hidden variables included."""
        count = len(next(iter(classes.values())))
        each = [
            self.rows(v.name, classes, count).gather(1, classes[v.name][:, None]).squeeze(1).log()
            for v in self.order
        ]
        return torch.stack(each).sum(0)

    def log_joint(self, given: Mapping[str, int] | None = None) -> Tensor:
        """log p(v, given) of every combination: one axis a variable, in the order of `all`.

        The axis of a variable that is given has length 1.
        """
        axis = {variable.name: i for i, variable in enumerate(self.all)}
        kept = {
            v.name: [(given or {})[v.name]] if v.name in (given or {}) else range(v.classes)
            for v in self.all
        }
        total = torch.zeros((), dtype=torch.float64)
        for name, mechanism in self.mechanisms.items():
            names = (*mechanism.parents, name)
            table = mechanism.table[np.ix_(*(kept[cause] for cause in names))]
            total = total + _on_axes(table.log(), [axis[cause] for cause in names], len(axis))
        return total

    def draw(self, given: Mapping[str, int], count: int, generator: torch.Generator) -> Classes:
        """`count` exact draws of p(v | given), by enumeration of the joint."""
        joint = self.log_joint(given)
        lots = torch.rand(count, dtype=torch.float64, generator=generator)
        flat = invert(joint.flatten().softmax(0), lots)
        columns = torch.unravel_index(flat, joint.shape)
        return {
            v.name: column + given.get(v.name, 0)
            for v, column in zip(self.all, columns, strict=True)
        }

    def complete(self, classes: Classes, generator: torch.Generator) -> Classes:
        """Adds draws of p(hidden | v) to (N,) classes of all variables that are not hidden."""
        if not self.hidden:
            return classes
        tried, each = self._with_hidden(classes)
        posterior = self.log_prob(tried).view(-1, len(next(iter(each.values())))).softmax(1)
        lots = torch.rand(len(posterior), 1, dtype=torch.float64, generator=generator)
        chosen = invert(posterior, lots).squeeze(1)
        return classes | {name: values[chosen] for name, values in each.items()}

    def log_evidence(self, classes: Classes) -> Tensor:
        """(N,) log p(v) of (N,) classes of all variables that are not hidden."""
        if not self.hidden:
            return self.log_prob(classes)
        tried, each = self._with_hidden(classes)
        return self.log_prob(tried).view(-1, len(next(iter(each.values())))).logsumexp(1)

    def _with_hidden(self, classes: Classes) -> tuple[Classes, Classes]:
        """N units with each of the H combinations of hidden classes, (N·H,); and those, (H,)."""
        sizes = [variable.classes for variable in self.hidden]
        combinations = prod(sizes)
        columns = torch.unravel_index(torch.arange(combinations), sizes)
        each = {v.name: column for v, column in zip(self.hidden, columns, strict=True)}
        count = len(next(iter(classes.values())))
        tried = {name: column.repeat_interleave(combinations) for name, column in classes.items()}
        return tried | {name: values.repeat(count) for name, values in each.items()}, each


def _on_axes(table: Tensor, axes: list[int], count: int) -> Tensor:
    """Lays a table's axes at the given places among `count`, for broadcasting."""
    ordered = table.permute(*sorted(range(len(axes)), key=axes.__getitem__))
    shape = [1] * count
    for place, size in zip(sorted(axes), ordered.shape, strict=True):
        shape[place] = size
    return ordered.reshape(shape)
