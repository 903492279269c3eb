"""How well two pictures agree, a density and the truth or an image and its factors; two laws."""

from __future__ import annotations

import numpy as np


def l1(density: np.ndarray, truth: np.ndarray) -> float:
    """Mean absolute difference a pixel of two (64, 64) pictures."""
    return float(np.abs(density - truth).mean())


def iou(density: np.ndarray, truth: np.ndarray) -> float:
    """|A ∩ B| / |A ∪ B| of A = density > 0.5 and B = truth > 0.5.

    NaN where both are empty: a spread-out answer has no pixel that is more on than off, and
    agreeing on nothing should count neither for nor against the model; and where the truth is
    not known, NaN itself.
    """
    if np.isnan(truth).any():
        return float("nan")
    ours, true = density > 0.5, truth > 0.5
    union = np.logical_or(ours, true).sum()
    return float(np.logical_and(ours, true).sum() / union) if union else float("nan")


def total_variation(one: np.ndarray, other: np.ndarray) -> float:
    """½ Σ |p − p′|: the share of a law's mass that would have to move to make it the other."""
    return float(np.abs(one - other).sum() / 2)
