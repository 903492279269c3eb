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

from causal_explorer.inference.arguments import parse_count
from causal_explorer.wording import brief

Code = Callable[[np.ndarray], np.ndarray]  # (N, V) classes to (N, L) codes of their pictures
_PAIRS, _LEARNT, _SCORED = 64, 10_000, 5_000  # as in Locatello et al. 2019 (arXiv:1811.12359)
_Z95 = 1.959964  # of a two-sided interval of 95 %
_AT_ONCE = 32_768  # pictures coded at a time
_MOST = 1_000_000  # points, or pairs behind one


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

    Raises:
        ValueError: fewer than two factors to tell apart, one of them of a single class, a count
            below 1, points to learn from of one factor only, or codes that are not finite.
    """
    among = _among(classes, shared)
    for name, count in (("learnt", learnt), ("scored", scored), ("pairs", pairs)):
        parse_count(count, name, 1, _MOST)
    from sklearn.linear_model import LogisticRegression  # who only trains models needs none of it

    rng = np.random.default_rng(seed)
    factors = among[rng.integers(len(among), size=learnt + scored)]
    if (factors[:learnt] == factors[0]).all():
        raise ValueError(f"learnt is {learnt}: no two of the points share another factor.")
    points = _points(code, classes, factors, pairs, rng)
    scale = points[:learnt].std(0)
    points = points / np.where(scale > 0, scale, 1.0)
    classifier = LogisticRegression(C=100.0, max_iter=2_000)
    classifier.fit(points[:learnt], factors[:learnt])
    right = int(np.equal(classifier.predict(points[learnt:]), factors[learnt:]).sum())
    return Score(right / scored, *wilson(right, scored), 1 / len(among))


def _among(classes: tuple[int, ...], shared: tuple[int, ...] | None) -> np.ndarray:
    """The factors that may be shared, checked."""
    among = np.arange(len(classes)) if shared is None else np.array(shared)
    known = len(set(among.tolist()) & set(range(len(classes)))) == len(among)
    if len(among) < 2 or not known or any(classes[k] < 2 for k in among):
        raise ValueError(
            f"classes is {brief(classes)} and shared is {brief(shared)}: it takes two different "
            "factors or more of two classes or more."
        )
    return among


def wilson(right: int, count: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share of `right` in `count`.

    Raises:
        ValueError: not 0 ≤ right ≤ count, or nothing was counted.
    """
    if not 0 <= right <= count or not count:
        raise ValueError(f"{right} of {count} is no share.")
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
        flat = drawn.reshape(-1, len(classes))
        codes = np.asarray(code(flat))
        if codes.ndim != 2 or len(codes) != len(flat) or not codes.size:
            raise ValueError(
                f"code gave {codes.shape} for {len(flat):,} pictures: it gives (N, L)."
            )
        if not np.isfinite(codes).all():
            raise ValueError("code gave numbers that are infinite or none.")
        codes = codes.reshape(2, len(same), pairs, -1)
        points.append(np.abs(codes[0] - codes[1]).mean(1))
    return np.concatenate(points)
