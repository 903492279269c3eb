"""Errors of treatment effects, and the regressions that any estimate has to beat.

    |ATE error| = |mean ite - mean truth|,      √PEHE = √ mean (ite - truth)²

Sources: Hill 2011 for PEHE, the precision in estimating heterogeneous effects; Künzel, Sekhon,
Bickel and Yu 2019 (arXiv:1706.03461) for the S- and T-learner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.inference.adjustment import difference_of_means
from causal_explorer.metrics.codes import as_array, several

_FIT = "(M, D) proxies, (M,) treatments and (M,) outcomes, and asked of (N, D) proxies"


@dataclass(frozen=True)
class EffectErrors:
    """In the outcome's unit.

    Attributes:
        ate: |ATE error|.
        pehe: √PEHE.
    """

    ate: float
    pehe: float


def effect_errors(ite: ArrayLike, truth: ArrayLike) -> EffectErrors:
    """Compares (N,) effects with (N,) true ones.

    Raises:
        ValueError: no units, not one truth for each, or numbers that are not finite.
    """
    takes = "Effects and truths take (N,) numbers"
    found, true = (as_array(each, takes).astype(float) for each in (ite, truth))
    if found.shape != true.shape or found.ndim != 1 or not len(found):
        raise ValueError(
            f"Effects of shape {found.shape} and truths of shape {true.shape}: "
            "it takes one of each for every unit, and a unit at least."
        )
    if not (np.isfinite(found).all() and np.isfinite(true).all()):
        raise ValueError("Effects and truths take finite numbers: some are infinite or none.")
    gap = found - true
    return EffectErrors(abs(float(gap.mean())), float(np.sqrt((gap**2).mean())))


def baselines(
    learnt: tuple[ArrayLike, ArrayLike, ArrayLike], x: ArrayLike
) -> dict[str, np.ndarray]:
    """Effects by estimates that know of no hidden cause.

    Args:
        learnt: (M, D) proxies, (M,) treatments of 0 and 1 and (M,) outcomes to learn from.
        x: (N, D) proxies of the units that are asked about.

    Returns:
        (N,) effects by estimate: "difference of means"; "regression, joint", y on x and t at
        once; "regression, apart" and "boosted trees, apart", for each treatment. Outcomes of 0
        and 1 are regressed by their log odds.

    Raises:
        ValueError: not as many finite proxies, treatments of 0 and 1, and outcomes; or nobody was
            treated, or all were.
    """
    seen, t, y = several(learnt, 3, f"Effects are learnt from {_FIT}")
    x = as_array(x, f"Effects are learnt from {_FIT}")
    _require(seen, t, y, x)
    regression, trees = _families(binary=set(np.unique(y)) <= {0, 1})
    joint = _fitted(regression, np.column_stack([seen, t]), y)
    arms = [np.column_stack([x, np.full(len(x), group)]) for group in (0, 1)]
    found = {
        "difference of means": np.full(len(x), difference_of_means(t, y)),
        "regression, joint": joint(arms[1]) - joint(arms[0]),
    }
    for name, family in (("regression, apart", regression), ("boosted trees, apart", trees)):
        untreated, treated = (_fitted(family, seen[t == k], y[t == k]) for k in (0, 1))
        found[name] = treated(x) - untreated(x)
    return found


def _require(seen: np.ndarray, t: np.ndarray, y: np.ndarray, x: np.ndarray) -> None:
    """What the estimates learn from and are asked about, checked."""
    tables = seen.ndim == x.ndim == 2 and seen.shape[1] == x.shape[1] > 0
    if not tables or not seen.shape[:1] == t.shape == y.shape:
        raise ValueError(
            f"Proxies {seen.shape}, treatments {t.shape}, outcomes {y.shape} and proxies asked "
            f"about {x.shape} do not fit: it takes (M, D), (M,), (M,) and (N, D)."
        )
    if not all(np.isfinite(each).all() for each in (seen, y, x)):
        raise ValueError("Proxies and outcomes take finite numbers: some are infinite or none.")


def _families(binary: bool) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """A linear and a flexible model of the outcome."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    if binary:
        return LogisticRegression, lambda: HistGradientBoostingClassifier(random_state=0)
    return Ridge, lambda: HistGradientBoostingRegressor(random_state=0)


def _fitted(
    family: Callable[[], Any], x: np.ndarray, y: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """E[y | x], learnt from (M, D) and (M,); a constant where all outcomes are one."""
    if len(np.unique(y)) == 1:
        return lambda asked: np.full(len(asked), float(y[0]))
    model = family().fit(x, y)
    if hasattr(model, "predict_proba"):
        return lambda asked: model.predict_proba(asked)[:, 1]
    return model.predict
