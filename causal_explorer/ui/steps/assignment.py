"""One factor's assignment under its noise, in several draws: before do() and after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from causal_explorer.inference.steps import Factors, cumulated
from causal_explorer.scm.variables import Variable

GUMBEL = (0.5772, -1.0972, 2.9702)  # mean, 5 % and 95 % quantile of Gumbel(0, 1)


@dataclass(frozen=True)
class Assignment:
    """v := f(row, u) of one factor in D draws.

    Attributes:
        variable: the factor.
        rows: (D, K) p(v | pa).
        noise: (D, K) Gumbels or (D,) uniforms; None before abduction, where it follows its prior.
        classes: (D,) what it gives.
        before: (D,) what the same noise gave before do(); None where do() is not done yet.
    """

    variable: Variable
    rows: np.ndarray
    noise: np.ndarray | None
    classes: np.ndarray
    before: np.ndarray | None = None


def before_do(factors: Factors, variable: Variable) -> Assignment:
    """v := f(pa, u) of a factor."""
    name = variable.name
    return Assignment(variable, factors.rows[name], factors.noise[name], factors.factual[name])


def after_do(factors: Factors, variable: Variable) -> Assignment:
    """v' := f(pa', u) on the same noise."""
    name = variable.name
    changed = factors.rows_cf[name], factors.noise[name], factors.counterfactual[name]
    return Assignment(variable, *changed, before=factors.factual[name])


def gumbel_span(sides: Iterable[Assignment]) -> tuple[float, float]:
    """The axis that holds log p + u of all draws, and the prior's band."""
    low, high = np.inf, -np.inf
    for side in sides:
        logits = np.log(side.rows)
        low = min(low, float(logits.min()) + GUMBEL[1])
        high = max(high, float(logits.max()) + GUMBEL[2])
        if side.noise is not None:
            high = max(high, float((logits + side.noise).max()))
    return low - 0.5, high + 0.12 * (high - low)


def possible(side: Assignment, draw: int | None) -> tuple[float, float]:
    """The interval (F(k-1), F(k)) of u that gives the class k; over several draws, all of them.

    Before abduction it is (0, 1).
    """
    if side.noise is None:
        return 0.0, 1.0
    ends = []
    for place in range(len(side.rows)) if draw is None else [draw]:
        row, k = side.rows[place], side.classes[place]
        order, cdf = cumulated(side.variable, row)
        high = float(cdf[order == k][0])
        ends.append((high - float(row[k]), high))
    low, high = zip(*ends, strict=True)
    return min(low), max(high)


@dataclass(frozen=True)
class Given:
    """A class that the noise gives: in the draw that is shown, or in most of them.

    Attributes:
        value: the class.
        draws: (D,) the draws that it is given in.
    """

    value: int
    draws: np.ndarray


def given(side: Assignment, draw: int | None) -> list[Given]:
    """The class now, and the class before where do() is done; none before abduction."""
    if side.noise is None:
        return []
    found = []
    for classes in (side.classes, side.before):
        if classes is not None:
            k = int(np.bincount(classes).argmax() if draw is None else classes[draw])
            found.append(Given(k, classes == k))
    return found
