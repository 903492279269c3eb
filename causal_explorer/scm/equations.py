"""A structural causal model over quantities with additive noise: v_i := f_i(pa_i) + u_i.

Abduction inverts it exactly: u_i = v_i - f_i(pa_i). A physical law has u_i = 0.
Source: Peters, Janzing and Schölkopf 2017, section 4.1.4 (additive noise models).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np

from causal_explorer.scm.graph import causal_graph, causal_order
from causal_explorer.scm.variables import AnyVariable

Values = Mapping[str, np.ndarray]  # variable → (N,) float64


@dataclass(frozen=True)
class Equation:
    """f of a structural assignment.

    Attributes:
        parents: names of the direct causes, the arguments of `f` in order.
        f: (N,) float64 of each parent to (N,) float64.
    """

    parents: tuple[str, ...]
    f: Callable[..., np.ndarray]


@dataclass(frozen=True)
class Equations:
    """Variables with their equations; one without an equation is a root, u = v.

    Attributes:
        name: of the story.
        summary: the story in one breath.
        variables: in the data set's own order.
        equations: by variable.
    """

    name: str
    summary: str
    variables: tuple[AnyVariable, ...]
    equations: Mapping[str, Equation]

    @cached_property
    def graph(self) -> nx.DiGraph:
        """Causes point at effects."""
        names = [variable.name for variable in self.variables]
        return causal_graph(
            {n: self.equations[n].parents if n in self.equations else () for n in names}
        )

    @cached_property
    def order(self) -> list[str]:
        """The variables' names, causes before effects."""
        return causal_order(self.graph)

    def abduct(self, values: Values) -> dict[str, np.ndarray]:
        """(N,) u of each variable, from (N,) values of all of them."""
        return {
            name: np.asarray(values[name], float) - self._mean(name, values) for name in self.order
        }

    def predict(
        self, noise: Values, do: Mapping[str, float] | None = None
    ) -> dict[str, np.ndarray]:
        """(N,) v := f(pa) + u in causal order; a target of do() has its value instead."""
        count = len(next(iter(noise.values())))
        values: dict[str, np.ndarray] = {}
        for name in self.order:
            if do and name in do:
                values[name] = np.full(count, float(do[name]))
            else:
                values[name] = self._mean(name, values) + noise[name]
        return values

    def _mean(self, name: str, values: Values) -> np.ndarray | float:
        if name not in self.equations:
            return 0.0
        equation = self.equations[name]
        return equation.f(*(np.asarray(values[cause], float) for cause in equation.parents))
