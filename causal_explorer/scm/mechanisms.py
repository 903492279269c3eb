"""Mechanisms: strictly positive conditional tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)  # compared by identity: tensors have no single answer
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
