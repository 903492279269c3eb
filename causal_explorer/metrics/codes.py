"""What metrics take: arrays or what NumPy makes one of, codes and the classes of their pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.wording import brief


def as_array(given: ArrayLike, takes: str) -> np.ndarray:
    """An array of real numbers or booleans, from one, nested lists or a tensor.

    Args:
        given: by a caller.
        takes: how the sentence begins that refuses it, for example "MIG takes (N, L) codes".

    Raises:
        ValueError: ragged lists, words, or anything else of which there is no such array.
    """
    try:
        found = np.asarray(given)
    except (ValueError, TypeError, RuntimeError):  # ragged, or a tensor that NumPy cannot read
        found = np.asarray(None)
    if found.dtype.kind not in "biuf":
        raise ValueError(f"{takes}, not {brief(given)}.")
    return found


def several(given: Sequence[ArrayLike], count: int, takes: str) -> list[np.ndarray]:
    """So many arrays, as of `as_array`.

    Raises:
        ValueError: another number of them, or what is none.
    """
    try:
        parts = list(given)
    except TypeError:
        parts = []
    if len(parts) != count:
        raise ValueError(f"{takes}, not {brief(given)}.")
    return [as_array(part, takes) for part in parts]


def require_codes(z: ArrayLike, v: ArrayLike, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """(N, L) finite codes, and (N, V) whole numbers, the classes of the same pictures.

    Raises:
        ValueError: anything else, or nothing; the sentence begins with the metric's name.
    """
    takes = f"{metric} takes (N, L) codes and (N, V) classes that are whole numbers"
    z, v = as_array(z, takes), as_array(v, takes)
    whole = np.issubdtype(v.dtype, np.integer) or v.dtype == bool
    if z.ndim != 2 or v.ndim != 2 or len(z) != len(v) or not z.size or not v.size or not whole:
        raise ValueError(f"{takes}, not {z.shape} of {z.dtype} and {v.shape} of {v.dtype}.")
    if not np.isfinite(z).all():
        raise ValueError(f"{metric} takes finite codes: some are infinite or no numbers.")
    return z, v


def require_varied(v: np.ndarray, metric: str) -> None:
    """(N, V) classes, each factor of which has two or more: of one there is nothing to tell.

    Raises:
        ValueError: which column has a single class.
    """
    for place, factor in enumerate(v.T):
        if (factor == factor[0]).all():
            raise ValueError(
                f"{metric} takes factors that vary: column {place} of the classes is "
                f"{factor[0]} throughout, which leaves nothing to tell."
            )
