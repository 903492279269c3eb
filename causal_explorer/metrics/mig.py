"""Mutual information gap: is each factor told by one unit alone?

    MIG = mean over factors of (I(z_a; v) - I(z_b; v)) / H(v)

with a and b the units that tell most of the factor. Source: Chen et al. 2018 (arXiv:1802.04942),
equation 6; units in 20 equal bins as in Locatello et al. 2019 (arXiv:1811.12359).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.metrics.codes import as_array, require_codes, require_varied

_BINS = 20


def mutual_information_gap(z: ArrayLike, v: ArrayLike) -> float:
    """The gap.

    Args:
        z: (N, L) codes, two units or more.
        v: (N, V) int classes of the factors.

    Returns:
        In [0, 1]; 0 where two units tell the same, or none tells anything.

    Raises:
        ValueError: not as many finite codes as classes, a single unit, or a factor of one class,
            whose H(v) is 0.
    """
    z, v = require_codes(z, v, "MIG")
    if z.shape[1] < 2:
        raise ValueError("MIG takes two units or more: of one there is no gap to the next.")
    require_varied(v, "MIG")
    binned = [_binned(unit) for unit in z.T]
    gaps = []
    for factor in v.T:
        told = sorted(mutual_information(unit, factor) for unit in binned)
        gaps.append((told[-1] - told[-2]) / mutual_information(factor, factor))
    return float(np.clip(np.mean(gaps), 0.0, 1.0))  # but for rounding it lies there


def mutual_information(a: ArrayLike, b: ArrayLike) -> float:
    """I(a; b) in nats of two (N,) arrays of labels; H(a) where both are a.

    Raises:
        ValueError: not two such arrays of one length, with a label at least.
    """
    takes = "Mutual information takes two (N,) arrays of numbered labels"
    a, b = as_array(a, takes), as_array(b, takes)
    if a.ndim != 1 or a.shape != b.shape or not len(a) or not np.isfinite([a, b]).all():
        raise ValueError(f"{takes}, finite and of one length, not {a.shape} and {b.shape}.")
    (_, a), (_, b) = (np.unique(each, return_inverse=True) for each in (a, b))
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1 / len(a))
    apart = np.outer(joint.sum(1), joint.sum(0))
    seen = joint > 0
    return float((joint[seen] * np.log(joint[seen] / apart[seen])).sum())


def _binned(unit: np.ndarray) -> np.ndarray:
    """(N,) the bin of each number, bins equally wide."""
    unit = unit / 2  # halves of finite numbers lie a finite number apart
    low, high = unit.min(), unit.max()
    if low == high:
        return np.zeros(len(unit), int)
    return np.minimum(((unit - low) / (high - low) * _BINS).astype(int), _BINS - 1)
