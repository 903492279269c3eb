"""How well a treatment can be read from z: 1/2 where z says nothing of it.

A balanced z is independent of the treatment where the treatment is independent of all else. The
draws of z are read, not the parameters of q(z | x, y, t): that is what a decoder is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.metrics.codes import as_array
from causal_explorer.wording import listed

_TREES = 200


def leakage(z: ArrayLike, t: ArrayLike, seed: int = 0) -> float:
    """Held-out accuracy of the better of two readers, a linear one and a forest.

    Args:
        z: (N, L) draws, of units among which both treatments are about equally common.
        t: (N,) of 0 and 1.
        seed: of the readers; they learn from the first two thirds.

    Raises:
        ValueError: fewer than 30 units, draws that are not finite, treatments other than 0 and 1,
            or only one of them among those to learn from, or among the others.
    """
    from sklearn.ensemble import RandomForestClassifier  # who only trains models needs none of it
    from sklearn.linear_model import LogisticRegression

    z, t = (as_array(each, "Leakage takes (N, L) draws and (N,) treatments") for each in (z, t))
    z, t = np.atleast_1d(z), np.atleast_1d(t)
    if len(z) < 30 or len(z) != len(t):
        raise ValueError(f"{len(z)} units with {len(t)} treatments were given: it takes 30 pairs.")
    if z.ndim != 2 or not z.size or not np.isfinite(z).all() or t.ndim != 1:
        raise ValueError(
            f"z has shape {z.shape}: it takes (N, L) finite draws, and (N,) treatments."
        )
    if not set(np.unique(t)) <= {0, 1}:
        raise ValueError(f"The treatments are {listed(np.unique(t).tolist())}: it takes 0 and 1.")
    cut = 2 * len(z) // 3
    if min(len(np.unique(part)) for part in (t[:cut], t[cut:])) < 2:
        raise ValueError(
            "Only one treatment occurs among the first two thirds, or among the rest: there is "
            "nothing to read."
        )
    readers = (
        LogisticRegression(max_iter=2_000),
        RandomForestClassifier(_TREES, random_state=seed),
    )
    return max(float(one.fit(z[:cut], t[:cut]).score(z[cut:], t[cut:])) for one in readers)
