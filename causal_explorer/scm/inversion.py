"""Draws of a class from its probabilities, by inverting their cumulation."""

from __future__ import annotations

import torch
from torch import Tensor


def invert(probabilities: Tensor, lots: Tensor) -> Tensor:
    """The class in whose share of the mass each lot falls.

    Args:
        probabilities: (..., K) float64; rows need not sum to 1.
        lots: (..., n) float64 in [0, 1), uniform.

    Returns:
        (..., n) int64.

    Source: Devroye 1986, chapter II.2.
    """
    cdf = probabilities.cumsum(-1)
    rank = torch.searchsorted(cdf, lots * cdf[..., -1:], right=True)
    return rank.clamp(max=probabilities.shape[-1] - 1)
