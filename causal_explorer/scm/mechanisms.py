"""Mechanisms: strictly positive conditional tables, and two shapes that tables often have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

_FLOOR = 1e-3  # mass that `normal_row` and `circular_row` spread evenly: no class is impossible


@dataclass(frozen=True)
class Mechanism:
    """p(v | pa) as a table.

    Attributes:
        parents: names of the direct causes.
        table: float64, one axis for each parent in that order, then the variable's own
            classes; positive, and each row sums to 1.
    """

    parents: tuple[str, ...]
    table: Tensor

    def __post_init__(self) -> None:
        if self.table.ndim != len(self.parents) + 1:
            raise ValueError(
                f"A table with {self.table.ndim} axes was given for {len(self.parents)} "
                "parents: it takes one axis for each parent and one for the variable."
            )
        if not bool(torch.isfinite(self.table).all()) or bool((self.table <= 0).any()):
            raise ValueError(
                "A conditional table holds an entry that is not a positive number: every "
                "class must stay possible under every parent."
            )
        if bool(((self.table.sum(-1) - 1).abs() > 1e-9).any()):
            raise ValueError("A conditional table has a row that does not sum to 1.")


def mechanism(parents: tuple[str, ...], rows: object) -> Mechanism:
    """A mechanism from nested lists or an array of rows."""
    return Mechanism(parents, torch.as_tensor(np.asarray(rows, dtype=np.float64)))


def normal_row(classes: int, mean: float, spread: float) -> np.ndarray:
    """(classes,) a normal density at the class numbers, normalised, with a floor."""
    return _with_floor(_softmax(-0.5 * ((np.arange(classes) - mean) / spread) ** 2))


def circular_row(angles: np.ndarray, mean: float, concentration: float) -> np.ndarray:
    """A von Mises density at the given angles (radians), normalised, with a floor."""
    return _with_floor(_softmax(concentration * np.cos(angles - mean)))


def _softmax(logits: np.ndarray) -> np.ndarray:
    return torch.from_numpy(logits).softmax(0).numpy()


def _with_floor(row: np.ndarray) -> np.ndarray:
    return (1 - _FLOOR) * row + _FLOOR / len(row)
