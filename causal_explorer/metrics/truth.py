"""Error of counterfactuals against the true picture, which only a known renderer can give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.metrics.queries import Query

Ask = Callable[[Query], CounterfactualAnswer]


@dataclass(frozen=True)
class TruthError:
    """Means over queries.

    Attributes:
        iou: of density > 0.5 and truth > 0.5, over the queries where either has a pixel.
        worst_iou: the least of them.
        l1: mean absolute difference a pixel.
        exact: share of queries whose thresholded pictures are equal.
        queries: how many were asked.
        empty: in how many neither picture has a pixel above 0.5; left out of `iou`.
    """

    iou: float
    worst_iou: float
    l1: float
    exact: float
    queries: int
    empty: int


def truth_error(ask: Ask, queries: Iterable[Query]) -> TruthError:
    """Asks every query and measures each answer's density against its truth."""
    found = [_measure(ask(query)) for query in queries]
    iou, l1, exact = np.array(found).T
    shown = iou[~np.isnan(iou)]
    return TruthError(
        iou=float(shown.mean()) if len(shown) else float("nan"),
        worst_iou=float(shown.min()) if len(shown) else float("nan"),
        l1=float(l1.mean()),
        exact=float(exact.mean()),
        queries=len(found),
        empty=len(found) - len(shown),
    )


def _measure(answer: CounterfactualAnswer) -> tuple[float, float, bool]:
    equal = np.array_equal(answer.density > 0.5, answer.truth > 0.5)
    return answer.iou, answer.l1, equal
