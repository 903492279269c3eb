"""Many questions in pieces that fit in little memory, and on all threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

import torch

from causal_explorer.undisturbed import undisturbed

_DRAWS_AT_ONCE = 40_000  # of the factors' noise, over all questions: bounds the memory
_UNITS_AT_ONCE = 64  # images whose noise is abducted, or questions answered, in one go
_ONE_CALL = Lock()
T = TypeVar("T")
U = TypeVar("U")


def in_parallel(work: Callable[[T], U], items: list[T]) -> list[U]:
    """A thread of torch's own for each item at a time: less waiting than threads in each step.

    One call at a time, because torch keeps one number of threads for the whole process.
    """
    with _ONE_CALL:
        threads = torch.get_num_threads()
        try:
            with ThreadPoolExecutor(threads, "", torch.set_num_threads, (1,)) as pool:
                return list(pool.map(undisturbed(work), items))
        finally:
            torch.set_num_threads(threads)


def batches(items: list[T], samples: int) -> Iterator[list[T]]:
    """Pieces of a list, so small that their draws and pictures fit in little memory."""
    size = max(1, min(_DRAWS_AT_ONCE // samples, _UNITS_AT_ONCE))
    for start in range(0, len(items), size):
        yield items[start : start + size]
