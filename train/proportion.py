"""How many held-out pictures a run is measured on: in proportion to what it learned from."""

from __future__ import annotations

import numpy as np

_LEAST = 1_024  # pictures, however short the run


def enough(held_out: int, epochs: float) -> int:
    """Pictures to measure a run on: from one epoch on all, before it the same share of them.

    Args:
        held_out: pictures of the split.
        epochs: that the run is long.
    """
    return min(held_out, max(_LEAST, int(held_out * epochs)))


def spread(rows: np.ndarray, count: int) -> np.ndarray:
    """(count,) of (N,) rows, evenly spread over all of them; all where there are no more."""
    count = min(count, len(rows))
    return rows[np.arange(count) * len(rows) // max(count, 1)]
