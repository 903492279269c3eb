"""What truly becomes of units when their treatment is set: the data set's own law and renderer.

A unit is a row: treatment, outcome, and what is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.pictures import as_floats
from causal_explorer.data.units import complete
from causal_explorer.inference.opened import standard_error
from causal_explorer.scm.equations import Equations
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief


@dataclass(frozen=True)
class Truth:
    """The true outcomes and pictures of units.

    Attributes:
        dataset: whose first variable is a treatment and whose second an outcome.
    """

    dataset: Dataset

    def unit(self, factors: Mapping[str, float]) -> np.ndarray:
        """(1, 2 + H) a unit from what a person sets of it; the rest follows by the law.

        Raises:
            ValueError: as `data.units.complete`.
        """
        if not isinstance(factors, Mapping):
            raise ValueError(f"factors is {brief(factors)}: it takes values by variable.")
        return np.array([list(complete(self.dataset, factors).values())], float)

    def seen(self, table: np.ndarray) -> Tensor:
        """(N, …) pictures of units, as models take them."""
        return as_floats(torch.from_numpy(self.dataset.render(table)))

    def mean_picture(self, table: np.ndarray) -> np.ndarray:
        """(*shape) mean of the units' pictures, colours in [0, 1]."""
        drawn = self.dataset.render(table)
        scale = 255 if drawn.dtype == np.uint8 and drawn.ndim == 4 else 1
        return drawn.mean(0, dtype=np.float64) / scale

    def error_picture(self, table: np.ndarray) -> np.ndarray:
        """(*shape) the standard error of that mean, over the units."""
        drawn = self.dataset.render(table)
        scale = 255 if drawn.dtype == np.uint8 and drawn.ndim == 4 else 1
        return standard_error(drawn) / scale

    def outcome(self, table: np.ndarray, t: int) -> np.ndarray:
        """(N,) y(t) of units, their own noise abducted; of an outcome of 0 and 1, its chance."""
        if isinstance(self.dataset.variables[1], Variable):
            return self.expected(table)[:, t]
        law, values = self._law(table)
        return law.predict(law.abduct(values), {"t": t})["y"]

    def expected(self, table: np.ndarray) -> np.ndarray:
        """(N, 2) E[y(0)] and E[y(1)] of units, given their hidden cause."""
        law, values = self._law(table)
        noise = law.abduct(values) | {"y": np.zeros(len(table))}
        return np.stack([law.predict(noise, {"t": t})["y"] for t in (0, 1)], axis=1)

    def _law(self, table: np.ndarray) -> tuple[Equations, dict[str, np.ndarray]]:
        """The true law, and (N,) values by variable."""
        dataset: Any = self.dataset
        names = [variable.name for variable in (*dataset.variables, *dataset.hidden)]
        return dataset.scm(), dict(zip(names, table.T, strict=True))


def at(table: np.ndarray, t: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N, 2 + H) units at another treatment and outcome."""
    return np.column_stack([t, y, table[:, 2:]])


def means(t: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Mean treatment and outcome of (N,) units, by variable."""
    return {"t": float(t.mean()), "y": float(y.mean())}
