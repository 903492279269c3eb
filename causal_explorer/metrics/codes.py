"""Codes and the classes of their pictures, as the metrics of a code take them: checked."""

from __future__ import annotations

import numpy as np


def require_codes(z: np.ndarray, v: np.ndarray, metric: str) -> None:
    """(N, L) finite codes, and (N, V) whole numbers, the classes of the same pictures.

    Raises:
        ValueError: anything else, or nothing; the sentence begins with the metric's name.
    """
    whole = np.issubdtype(v.dtype, np.integer) or v.dtype == bool
    if z.ndim != 2 or v.ndim != 2 or len(z) != len(v) or not z.size or not v.size or not whole:
        raise ValueError(
            f"{metric} takes (N, L) codes and (N, V) classes that are whole numbers, not "
            f"{z.shape} of {z.dtype} and {v.shape} of {v.dtype}."
        )
    if not np.isfinite(z).all():
        raise ValueError(f"{metric} takes finite codes: some are infinite or no numbers.")


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
