"""Train, validation and test: split by combination of factors, never by draw."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

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
    return members(_lots(seed), split)


def members(lots: np.ndarray, split: Split) -> np.ndarray:
    """(M,) int64 of (N,) lots those that fall into a split, in ascending order.

    Raises:
        ValueError: one of the three splits is empty: nothing could be learnt, chosen or tested.
    """
    found = {
        name: np.flatnonzero((low <= lots) & (lots < high)) for name, (low, high) in _BOUNDS.items()
    }
    if empty := [name for name, own in found.items() if not len(own)]:
        raise ValueError(
            f"Of {len(lots):,} units none falls into {' and '.join(empty)}: each split takes one "
            "at least; give more units, another seed of the split, or another partition."
        )
    return found[split]


def lots(words: np.ndarray, seed: int) -> np.ndarray:
    """A number in [0, 1) for each picture: a seeded multiplicative hash of its bits.

    Args:
        words: (N, 64) uint64, a row of pixels each.
        seed: of the hash.
    """
    factors = np.random.default_rng(seed).integers(0, 2**64, words.shape[1], dtype=np.uint64)
    mixed = np.empty(len(words), dtype=np.uint64)
    for start in range(0, len(words), _CHUNK):
        piece = words[start : start + _CHUNK]
        mixed[start : start + _CHUNK] = ((piece ^ (piece >> np.uint64(29))) * (factors | 1)).sum(1)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(11)) / 2.0**53


@lru_cache(maxsize=2)
def _lots(seed: int) -> np.ndarray:
    """(737280,) the lot of each picture of dSprites."""
    return lots(open_store().view(np.uint64), seed)
