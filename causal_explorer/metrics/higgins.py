"""Higgins' metric: can a linear classifier tell which factor two pictures share?

Choose a factor; draw L pairs of pictures that share its value, all others at random; average
|μ(x1) - μ(x2)| over the pairs. The score is the accuracy of a linear classifier that recovers the
factor from such averages. Source: Higgins et al. 2017 (ICLR), section 3 and appendix A.4.
It saturates: a unit may tell two factors, or take one value for another, at a score of 100 %, so
MIG and DCI belong beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Code = Callable[[np.ndarray], np.ndarray]  # (N, V) classes to (N, L) codes of their pictures
_PAIRS, _LEARNT, _SCORED = 64, 10_000, 5_000  # as in Locatello et al. 2019 (arXiv:1811.12359)
_Z95 = 1.959964  # of a two-sided interval of 95 %
_AT_ONCE = 32_768  # pictures coded at a time


@dataclass(frozen=True)
class Score:
    """An accuracy with its interval of 95 % (Wilson 1927).

    Attributes:
        accuracy: share of the points whose factor is recovered.
        low: end of the interval.
        high: the other end.
        chance: one over the number of factors that may be shared.
    """

    accuracy: float
    low: float
    high: float
    chance: float


def higgins(
    code: Code,
    classes: tuple[int, ...],
    seed: int = 0,
    learnt: int = _LEARNT,
    scored: int = _SCORED,
    pairs: int = _PAIRS,
    shared: tuple[int, ...] | None = None,
) -> Score:
    """The score of a code.

    Args:
        code: the mean code of pictures, asked by their classes; one that does not fluctuate.
        classes: of each factor, how many it has.
        seed: of the pairs.
        learnt: points that the classifier learns from.
        scored: points that it is scored on.
        pairs: L, behind each point.
        shared: factors that may be the one to recover, in ascending order; all if None.
    """
    from sklearn.linear_model import LogisticRegression  # who only trains models needs none of it

    rng = np.random.default_rng(seed)
    among = np.arange(len(classes)) if shared is None else np.array(shared)
    factors = among[rng.integers(len(among), size=learnt + scored)]
    points = _points(code, classes, factors, pairs, rng)
    scale = points[:learnt].std(0) + 1e-12
    points = points / scale
    classifier = LogisticRegression(C=100.0, max_iter=2_000)
    classifier.fit(points[:learnt], factors[:learnt])
    right = int(np.equal(classifier.predict(points[learnt:]), factors[learnt:]).sum())
    return Score(right / scored, *wilson(right, scored), 1 / len(among))


def wilson(right: int, count: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share of `right` in `count`."""
    share, z2 = right / count, _Z95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = share * (1 - share) / count + z2 / (4 * count**2)
    half = _Z95 * math.sqrt(spread) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def _points(
    code: Code,
    classes: tuple[int, ...],
    factors: np.ndarray,
    pairs: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """(N, L) mean distances in each unit, of pairs that share the factor of each of N points."""
    points, step = [], max(1, _AT_ONCE // (2 * pairs))
    for start in range(0, len(factors), step):
        same = factors[start : start + step]
        drawn = rng.integers(classes, size=(2, len(same), pairs, len(classes)))
        place = np.arange(len(same))
        drawn[1, place, :, same] = drawn[0, place, :, same]
        codes = code(drawn.reshape(-1, len(classes))).reshape(2, len(same), pairs, -1)
        points.append(np.abs(codes[0] - codes[1]).mean(1))
    return np.concatenate(points)
