"""How well two pictures agree, a density and the truth or an image and its factors; two laws."""

from __future__ import annotations

import numpy as np


def l1(density: np.ndarray, truth: np.ndarray) -> float:
    """Mean absolute difference a pixel of two (64, 64) pictures."""
    return float(np.abs(density - truth).mean())


def iou(density: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of two densities: Σ min(d, t) / Σ max(d, t) over their pixels.

    The Ružička similarity (Ružička 1958, Biológia 13:647; as Jaccard's index of densities in Costa
    2021, arXiv:2110.09619): |A ∩ B| / |A ∪ B| for pictures of 0 and 1, and for averages the share
    of all the light of either that both have. As 1 − IoU = Σ |d − t| / Σ max(d, t), an answer
    that is nearly right scores nearly 1 however faint its pixels are, and a dark one 0. Nothing
    is thresholded, so no pixel is left out for being faint, and none at exactly 0.5 is decided by
    rounding.

    Args:
        density: non-negative, of any shape.
        truth: likewise, of the same shape.

    Returns:
        In [0, 1]. NaN where both are dark everywhere: agreeing on nothing counts neither for nor
        against the model; and where the truth is not known, NaN itself.
    """
    union = float(np.maximum(density, truth).sum(dtype=np.float64))
    shared = float(np.minimum(density, truth).sum(dtype=np.float64))
    return shared / union if union else float("nan")


def total_variation(one: np.ndarray, other: np.ndarray) -> float:
    """½ Σ |p − p′|: the share of a law's mass that would have to move to make it the other."""
    return float(np.abs(one - other).sum() / 2)
