"""MIC and TIC: how much one variable tells of another, whatever the shape of their relation.

    M(k, l) = max I(P; Q) / log min(k, l)   over grids of k columns and l rows, k l ≤ n^0.6
    MIC = max M,   TIC = mean M

Source: Reshef et al. 2011 (doi 10.1126/science.1205438), the approximation of its supplement: one
axis in equal parts, the other by dynamic programming over clumps; TIC, Reshef et al. 2016
(arXiv:1505.02213), normalised. The one library that has both, minepy, does not build on a
current Python; its documented figures stand in the tests.
"""

from __future__ import annotations

import numpy as np

_ALPHA, _CLUMPS = 0.6, 15  # the exponent of the largest grid; clumps a column: minepy's defaults


def mic_tic(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """MIC and TIC of two variables.

    Args:
        x: (N,) numbers.
        y: (N,) numbers.

    Returns:
        Both in [0, 1]; 0 where one of them is constant.

    Raises:
        ValueError: not two (N,) arrays of 8 or more finite numbers.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 8 or not np.isfinite([x, y]).all():
        raise ValueError("MIC takes two arrays of as many finite numbers, 8 or more.")
    size = max(len(x) ** _ALPHA, 4.0)
    across, down = _characteristic(x, y, size), _characteristic(y, x, size).T
    rows, columns = (max(across.shape[i], down.shape[i]) for i in (0, 1))
    whole = np.full((rows, columns), np.nan)
    for part in (across, down):
        cell = whole[: part.shape[0], : part.shape[1]]
        np.fmax(cell, part, out=cell)
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
        if columns < 2:
            continue
        row = _equal_parts(y, parts)[order]
        counts = _clumps(row, x[order], _CLUMPS * columns)
        information = _best_columns(counts, columns)
        fewest = np.minimum(parts, np.arange(2, columns + 1))
        found[parts, 2 : columns + 1] = information / np.log(fewest)
    return found


def _equal_parts(y: np.ndarray, parts: int) -> np.ndarray:
    """(N,) the part of each point, parts as equal as ties allow."""
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
    """(C + 1, parts) points of each part up to the end of each clump, which no column cuts."""
    cuts = (np.diff(row) != 0) & (np.diff(x) > 0)
    clump = np.concatenate([[0], cuts.cumsum()])
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
