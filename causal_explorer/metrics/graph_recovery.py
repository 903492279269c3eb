"""How far a learned graph is from the true one: structural Hamming distance.

Source: Tsamardinos, Brown and Aliferis 2006 (doi 10.1007/s10994-006-6889-7): one for each pair of
nodes between which an edge is missing, too much, or turned around.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.metrics.codes import as_array


def structural_hamming_distance(learned: ArrayLike, true: ArrayLike) -> int:
    """Pairs of nodes whose edge differs.

    Args:
        learned: (n, n) of 0 and 1, row the cause and column the effect.
        true: likewise.

    Raises:
        ValueError: not two square matrices of one size, an entry other than 0 and 1, such as the
            probability of an edge, or an edge from a node to itself.
    """
    takes = "A graph takes an (n, n) table of 0 and 1"
    first, second = as_array(learned, takes), as_array(true, takes)
    if first.ndim != 2 or first.shape != second.shape or first.shape[0] != first.shape[1]:
        raise ValueError(
            f"The graphs have shapes {first.shape} and {second.shape}: both take (n, n)."
        )
    for graph in (first, second):
        if not np.isin(graph, (0, 1)).all() or graph.diagonal().any():
            raise ValueError("A graph takes entries of 0 and 1, and no edge from a node to itself.")
    a, b = first != 0, second != 0
    pairs = (a != b) | (a.T != b.T)
    return int(np.triu(pairs, 1).sum())
