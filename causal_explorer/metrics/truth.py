"""Error of counterfactuals against the picture that a known renderer gives for the same draws.

The factors are drawn once for both, under one story and coupling: what is measured is the image
model, and the measure would be the same if all of these were wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.metrics.queries import Query

Ask = Callable[[Query], CounterfactualAnswer]

_TIE = 1e-6  # from 0.5: what summing draws may round; a draw of 100,000 moves a pixel by 1e-5


@dataclass(frozen=True)
class TruthError:
    """Means over queries.

    Attributes:
        iou: of density and truth, as `agreement.iou` has it.
        worst_iou: the least of them.
        l1: mean absolute difference a pixel.
        exact: share of queries whose pictures, thresholded at 0.5, are equal in all pixels in
            which the truth does not stand at 0.5 itself; NaN if no query has a picture.
        queries: how many were asked.
        empty: in how many neither picture has a pixel above 0.5; left out of `exact`.
    """

    iou: float
    worst_iou: float
    l1: float
    exact: float
    queries: int
    empty: int


def truth_error(ask: Ask, queries: Iterable[Query]) -> TruthError:
    """Asks every query and measures each answer's density against its truth.

    Raises:
        ValueError: there is no query.
    """
    found = [_measure(ask(query)) for query in queries]
    if not found:
        raise ValueError("There is no query: an error against the truth takes at least one.")
    iou, l1, exact = np.array(found).T
    shown = exact[~np.isnan(exact)]
    known = iou[~np.isnan(iou)]
    return TruthError(
        iou=float(known.mean()) if len(known) else float("nan"),
        worst_iou=float(known.min()) if len(known) else float("nan"),
        l1=float(l1.mean()),
        exact=float(shown.mean()) if len(shown) else float("nan"),
        queries=len(found),
        empty=len(found) - len(shown),
    )


def _measure(answer: CounterfactualAnswer) -> tuple[float, float, float]:
    return answer.iou, answer.l1, _equal(answer.density, answer.truth)


def _equal(density: np.ndarray, truth: np.ndarray) -> float:
    """1 if the thresholded pictures are equal, 0 if not, NaN if neither has a pixel."""
    ours, true = density > 0.5, truth > 0.5
    if not (ours.any() or true.any()):
        return float("nan")
    sided = np.abs(truth - 0.5) > _TIE
    return float(np.array_equal(ours[sided], true[sided]))
