"""Mechanisms: strictly positive conditional tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from causal_explorer.wording import brief, listed

SMALLEST = 1e-9  # probability of a class, and by how much a row may miss 1
_ROUNDING = 1e-14  # of the sum of a row


@dataclass(frozen=True, eq=False)  # compared by identity: tensors have no single answer
class Mechanism:
    """p(v | pa) as a table.

    Attributes:
        parents: names of the direct causes.
        table: float64, one axis for each parent in that order, then the variable's own
            classes; each entry at least 1e-9, and each row sums to 1. A row that misses 1 by
            less is divided by its sum; what is smaller would be lost in that.
    """

    parents: tuple[str, ...]
    table: Tensor = field(repr=False)

    def __post_init__(self) -> None:
        if self.table.ndim != len(self.parents) + 1:
            raise ValueError(
                f"A table with {self.table.ndim} axes was given for {len(self.parents)} "
                "parents: it takes one axis for each parent and one for the variable."
            )
        if not self.table.numel() or self.table.dtype != torch.float64:
            raise ValueError(
                f"A conditional table is {self.table.dtype} of shape {tuple(self.table.shape)}: "
                "it takes float64, and a class at least."
            )
        small = ~(self.table >= SMALLEST * (1 - SMALLEST))  # not a number is neither
        if bool(small.any()):
            *cause, k = (int(axis[0]) for axis in torch.where(small))
            raise ValueError(
                f"The row{self._under(cause)} gives class {k} the probability "
                f"{float(self.table[(*cause, k)]):g}, not a positive number of {SMALLEST:g} at "
                "least: every class must stay possible under every parent."
            )
        total = self.table.sum(-1, keepdim=True)
        wrong = ~((total[..., 0] - 1).abs() <= SMALLEST)
        if bool(wrong.any()):
            cause = [int(axis[0]) for axis in torch.where(wrong)] if self.parents else []
            raise ValueError(
                f"The row{self._under(cause)} does not sum to 1: its sum is "
                f"{float(total[(*cause, 0)]):.10g}."
            )
        off = (total - 1).abs() > _ROUNDING
        object.__setattr__(self, "table", torch.where(off, self.table / total, self.table))

    def _under(self, cause: list[int]) -> str:
        """Which row it is: " under a = 0, b = 2"."""
        told = listed(f"{name} = {k}" for name, k in zip(self.parents, cause, strict=True))
        return f" under {told}" if cause else ""


def mechanism(parents: tuple[str, ...], rows: object) -> Mechanism:
    """A mechanism from nested lists or an array of rows.

    An array of float16 or float32, by its dtype, holds numbers of its own rounding: a row of K
    classes may miss 1 by K ε of that dtype, and is divided by its sum. Whatever else is given may
    miss it by 1e-9.

    Raises:
        ValueError: rows that make no table.
    """
    try:
        table = np.asarray(rows)
    except ValueError as error:
        raise ValueError("A conditional table is ragged: it takes rows of one length.") from error
    except (TypeError, RuntimeError):  # a tensor that NumPy has no type for, or of a gradient
        table = np.asarray(None)
    if table.dtype.kind not in "iuf":
        raise ValueError(f"A conditional table is {brief(rows)}: it takes rows of numbers.")
    exact = table.astype(np.float64)
    if table.dtype in (np.float16, np.float32) and table.ndim:
        exact = _widened(exact, float(np.finfo(table.dtype).eps))
    return Mechanism(tuple(parents), torch.from_numpy(exact))


def _widened(table: np.ndarray, eps: float) -> np.ndarray:
    """(…, K) float64 of a narrower type's rows: where that alone can be why, each sums to 1.

    To sum K positive numbers, divide by that and round anew errs by K ε / 2 at most, to its first
    order; what is as near to the smallest probability is that probability.
    """
    rounding = table.shape[-1] * eps
    total = table.sum(-1, keepdims=True)
    table = np.where(np.abs(total - 1) <= rounding, table / total, table)
    return np.where(np.abs(table / SMALLEST - 1) <= rounding, SMALLEST, table)
