"""Train, validation and test: split by combination of factors, never by draw."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from causal_explorer.data import dsprites
from causal_explorer.data.store import open_store

Split = Literal["train", "validation", "test"]
_BOUNDS = {"test": (0.0, 0.1), "validation": (0.1, 0.2), "train": (0.2, 1.0)}
_CHUNK = 1 << 15  # pictures hashed at a time


def rows(split: Split, seed: int = 0) -> np.ndarray:
    """The rows of dSprites that belong to a split, in ascending order.

    A combination's lot is a hash of its picture: combinations that draw the same picture
    (orientations 0 and 39, and near-symmetries of the square and the ellipse) go together, so
    no picture of one split stands in another.

    Args:
        split: "train" (80 %), "validation" (10 %) or "test" (10 %).
        seed: of the split.

    Returns:
        (M,) int64 rows of the published file.
    """
    low, high = _BOUNDS[split]
    lot = _lots(seed)
    return np.flatnonzero((low <= lot) & (lot < high))


@lru_cache(maxsize=2)
def _lots(seed: int) -> np.ndarray:
    """(737280,) a number in [0, 1) for each picture: a seeded multiplicative hash of its bits."""
    words = open_store().view(np.uint64)  # (737280, 64), a row of pixels each
    factors = np.random.default_rng(seed).integers(0, 2**64, words.shape[1], dtype=np.uint64)
    mixed = np.empty(dsprites.COUNT, dtype=np.uint64)
    for start in range(0, dsprites.COUNT, _CHUNK):
        piece = words[start : start + _CHUNK]
        mixed[start : start + _CHUNK] = ((piece ^ (piece >> np.uint64(29))) * (factors | 1)).sum(1)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(11)) / 2.0**53
