"""How far a learned graph is from the true one: structural Hamming distance.

Source: Tsamardinos, Brown and Aliferis 2006 (doi 10.1007/s10994-006-6889-7): one for each pair of
nodes between which an edge is missing, too much, or turned around.
"""

from __future__ import annotations

import numpy as np


def structural_hamming_distance(learned: np.ndarray, true: np.ndarray) -> int:
    """Pairs of nodes whose edge differs.

    Args:
        learned: (n, n) of 0 and 1, row the cause and column the effect.
        true: likewise.

    Raises:
        ValueError: not two square matrices of one size.
    """
    a, b = np.asarray(learned) != 0, np.asarray(true) != 0
    if a.ndim != 2 or a.shape != b.shape or a.shape[0] != a.shape[1]:
        raise ValueError(f"The graphs have shapes {a.shape} and {b.shape}: both take (n, n).")
    pairs = (a != b) | (a.T != b.T)
    return int(np.triu(pairs, 1).sum())
