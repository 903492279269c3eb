"""Train, validation and test: split by combination of factors, never by draw."""

from __future__ import annotations

from typing import Literal

import numpy as np

from causal_explorer.data import dsprites

Split = Literal["train", "validation", "test"]
_BOUNDS = {"test": (0.0, 0.1), "validation": (0.1, 0.2), "train": (0.2, 1.0)}


def rows(split: Split, seed: int = 0) -> np.ndarray:
    """The rows of dSprites that belong to a split, in ascending order.

    Orientations 0 and 39 draw the same picture, so both go to the same split.

    Args:
        split: "train" (80 %), "validation" (10 %) or "test" (10 %).
        seed: of the split.

    Returns:
        (M,) int64 rows of the published file.
    """
    twins = np.arange(dsprites.COUNT).reshape(dsprites.DIMENSIONS)
    twins[:, :, 39] = twins[:, :, 0]
    lot = np.random.default_rng(seed).random(dsprites.COUNT)[twins.ravel()]
    low, high = _BOUNDS[split]
    return np.flatnonzero((low <= lot) & (lot < high))
