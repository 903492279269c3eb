"""MIC and TIC: how much one variable tells of another, whatever the shape of their relation.

    M(k, l) = max I(P; Q) / log min(k, l)   over grids of k columns and l rows, k l ≤ n^0.6
    MIC = max M,   TIC = mean M

Source: Reshef et al. 2011 (doi 10.1126/science.1205438), the approximation of its supplement: one
axis in equal parts, the other by dynamic programming over clumps; TIC, Reshef et al. 2016
(arXiv:1505.02213), normalised. Where values tie there may be fewer rows than were wished for: M is
normalised by those that there are, as in minepy 1.2.6, whose figures stand in the tests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.metrics.codes import as_array

_ALPHA, _CLUMPS = 0.6, 15  # the exponent of the largest grid; clumps a column: minepy's defaults
_FEWEST = 8  # points: fewer are as often told whole by chance as not


def mic_tic(x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """MIC and TIC of two variables, whatever the order of their points.

    Args:
        x: (N,) numbers.
        y: (N,) numbers.

    Returns:
        Both in [0, 1]; 0 where one of them is constant.

    Raises:
        ValueError: not two (N,) arrays of 8 or more finite numbers.
    """
    takes = "x or y is no array of numbers: MIC takes two of them"
    x, y = (as_array(each, takes).astype(float) for each in (x, y))
    paired = x.ndim == 1 and x.shape == y.shape and len(x) >= _FEWEST
    if not paired or not np.isfinite([x, y]).all():
        strange = " and hold NaN or infinity" if paired else ""
        raise ValueError(
            f"x and y have shapes {x.shape} and {y.shape}{strange}: MIC takes two arrays of as "
            f"many finite numbers, {_FEWEST} or more."
        )
    if x.min() == x.max() or y.min() == y.max():
        return 0.0, 0.0
    size = max(len(x) ** _ALPHA, 4.0)
    whole = np.fmax(_characteristic(x, y, size), _characteristic(y, x, size).T)
    known = whole[np.isfinite(whole)]
    return float(known.max()), float(known.mean())


def _characteristic(x: np.ndarray, y: np.ndarray, size: float) -> np.ndarray:
    """(k, l) entries, rows for parts of y: equal parts of y, the best columns of x.

    Entries that are too fine, or of a single part, are NaN.
    """
    most = int(size // 2)
    found = np.full((most + 1, most + 1), np.nan)
    order = np.argsort(x, kind="stable")
    for parts in range(2, most + 1):
        columns = int(size // parts)
        row = _equal_parts(y, parts)[order]
        information = _best_columns(_clumps(row, x[order], _CLUMPS * columns), columns)
        fewest = np.minimum(row.max() + 1, np.arange(2, columns + 1))
        found[parts, 2 : columns + 1] = np.minimum(information / np.log(fewest), 1.0)  # rounding
    return found


def _equal_parts(y: np.ndarray, parts: int) -> np.ndarray:
    """(N,) the part of each point, parts as equal as ties allow: EquipartitionYAxis."""
    values, inverse, counts = np.unique(y, return_inverse=True, return_counts=True)
    part = np.zeros(len(values), int)
    current, filled, left = 0, 0, len(y)
    wanted = left / parts
    for i, count in enumerate(counts):
        if filled and abs(filled + count - wanted) >= abs(filled - wanted):
            current, left = current + 1, left - filled
            wanted, filled = left / max(parts - current, 1), 0
        part[i], filled = current, filled + count
    return part[inverse]


def _clumps(row: np.ndarray, x: np.ndarray, most: int) -> np.ndarray:
    """(C + 1, parts) points of each part up to the end of each clump, which no column cuts.

    Neighbours in one row are a clump; points of equal x that lie in several rows are a clump of
    their own, since no column comes between them: GetClumpsPartition.

    Args:
        row: (N,) int of the points in the order of x.
        x: (N,) ascending.
        most: clumps; more are joined to about equal ones: GetSuperclumpsPartition.
    """
    tie = np.concatenate([[0], (x[1:] > x[:-1]).cumsum()])
    first = np.flatnonzero(np.diff(tie, prepend=-1))
    mixed = (np.minimum.reduceat(row, first) < np.maximum.reduceat(row, first))[tie]
    clump = np.concatenate([[0], (np.diff(np.where(mixed, -1 - tie, row)) != 0).cumsum()])
    if clump[-1] + 1 > most:
        clump = _equal_parts(clump, most)
    ends = np.concatenate([[0], np.flatnonzero(np.diff(clump)) + 1, [len(row)]])
    table = np.zeros((len(row) + 1, row.max() + 1))
    table[np.arange(1, len(row) + 1), row] = 1
    return table.cumsum(0)[ends]


def _best_columns(counts: np.ndarray, columns: int) -> np.ndarray:
    """(columns - 1,) the most information, nats, that 2 … `columns` columns of x give."""
    total = counts[-1].sum()
    inside = counts[None] - counts[:, None]  # (C + 1, C + 1, parts), from a clump's end to another
    inside = np.where(inside > 0, inside, 0)
    width = inside.sum(2)
    gain = (_xlogx(inside).sum(2) - _xlogx(width)) / total  # -H(row | column), its share
    gain[np.tril_indices(len(gain))] = -np.inf
    best, found = gain[0].copy(), []
    for _ in range(columns - 1):
        best = np.maximum(best, (best[:, None] + gain).max(0))
        found.append(best[-1])
    shares = counts[-1] / total
    return np.maximum(np.array(found) - _xlogx(shares).sum(), 0.0)


def _xlogx(values: np.ndarray) -> np.ndarray:
    return values * np.log(np.where(values > 0, values, 1.0))
