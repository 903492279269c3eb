"""Rows of the performance table, and how a figure with its spread is written."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """What was measured: ours, the original recipe's in the same run, and how they compare."""

    measured: str
    ours: str
    original: str = ""
    ratio: str = ""

    def __str__(self) -> str:
        return f"| {self.measured} | {self.ours} | {self.original} | {self.ratio} |"


HEADER = f"{Row('measured', 'ours', 'original recipe', 'ratio')}\n|---|---|---|---|"


def timed(call: Callable[[], T]) -> tuple[float, T]:
    """Seconds that a call takes, and what it returns."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    """The median, with the quartiles in brackets."""
    if len(values) == 1:
        return f"{values[0]:,.{digits}f} {unit}"
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:,.{digits}f} {unit} ({low:,.{digits}f} to {high:,.{digits}f})"
