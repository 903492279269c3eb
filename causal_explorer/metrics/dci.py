"""Disentanglement, completeness and informativeness of a code.

R_ij is how much unit i matters to a predictor of factor j; 0 where the predictor is no better than
chance on other pictures, so that a factor that no unit tells is not complete. Disentanglement: each
unit serves one factor; completeness: each factor is served by one unit; informativeness: the
predictor is right. Source: Eastwood and Williams 2018 (ICLR), section 2, with random forests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.metrics.codes import as_array, require_codes, require_varied, several

_TREES = 20
_DEEP = 16
_FEWEST = 10  # pictures a class: a perfect code scores 0.99 of so many at 10 classes, 0.5 of two
_TAKES = "DCI takes codes and classes to learn from, and codes and classes to be scored on"
_BY_CHANCE = 1e-3  # probability of being right so often by chance, under which it is none


@dataclass(frozen=True)
class DCI:
    """The three, each at most 1.

    Attributes:
        disentanglement: mean of 1 - H(factors | unit), units weighted by how much they matter.
        completeness: mean of 1 - H(units | factor) over the factors.
        informativeness: mean accuracy of the predictors on codes that they did not learn from.
    """

    disentanglement: float
    completeness: float
    informativeness: float


def dci(
    learnt: tuple[ArrayLike, ArrayLike], scored: tuple[ArrayLike, ArrayLike], seed: int = 0
) -> DCI:
    """The three scores.

    Args:
        learnt: (N, L) codes and (N, V) int classes that the predictors learn from.
        scored: the same of other pictures, that they are scored on.
        seed: of the predictors.

    Raises:
        ValueError: not as many finite codes as classes, not two units and two factors of two
            classes, pictures to score on of another shape, or fewer than ten for each class.
    """
    z, v = several(learnt, 2, _TAKES)
    asked, right = several(scored, 2, _TAKES)
    (z, v), (asked, right) = require_codes(z, v, "DCI"), require_codes(asked, right, "DCI")
    require_varied(v, "DCI")
    require_table(z.shape[1], v.shape[1])
    if asked.shape[1] != z.shape[1] or right.shape[1] != v.shape[1]:
        raise ValueError(
            f"DCI learns from {z.shape[1]} units and {v.shape[1]} factors, and takes as many to be "
            f"scored on, not {asked.shape[1]} and {right.shape[1]}."
        )
    require_varied(right, "DCI")
    _require_enough(v, right)
    from sklearn.ensemble import RandomForestClassifier  # as in higgins.py

    matters, shares = [], []
    for known, wanted in zip(v.T, right.T, strict=True):
        forest = RandomForestClassifier(_TREES, max_depth=_DEEP, random_state=seed)
        forest.set_params(max_features=1.0).fit(z, known)
        named = forest.predict(asked) == wanted
        matters.append(forest.feature_importances_ * _tells(named, wanted))
        shares.append(float(named.mean()))
    return DCI(*disentangled(np.stack(matters, axis=1)), float(np.mean(shares)))


def _require_enough(*tables: np.ndarray) -> None:
    """Ten pictures for each class of a factor, to learn from and to be scored on.

    Raises:
        ValueError: fewer.
    """
    most = max(len(np.unique(factor)) for factor in np.concatenate(tables).T)
    fewest = min(map(len, tables))
    if fewest < _FEWEST * most:
        raise ValueError(
            f"DCI takes {_FEWEST * most:,} pictures or more, {_FEWEST} for each of the {most} "
            f"classes of a factor, not {fewest:,}: of fewer the scores are of the sample."
        )


def _tells(named: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether a predictor is right more often than one that always names the most frequent class.

    Where it is not, its importances are those of the noise that it learnt by heart.
    """
    from scipy.stats import binom

    chance = np.unique(wanted, return_counts=True)[1].max() / len(wanted)
    return bool(binom.sf(named.sum() - 1, len(named), chance) < _BY_CHANCE)


def disentangled(importance: ArrayLike) -> tuple[float, float]:
    """Disentanglement and completeness of an (L, V) matrix of importances, 0 or above.

    A unit that tells nothing weighs nothing; a factor that no unit tells is not complete: 0.

    Raises:
        ValueError: not two units and two factors or more, or importances below 0 or not finite.
    """
    importance = as_array(importance, "importance takes (L, V) numbers")
    if importance.ndim != 2:
        raise ValueError(f"importance has shape {importance.shape}: it takes (L, V).")
    require_table(*importance.shape)
    if not np.isfinite(importance).all() or (importance < 0).any():
        raise ValueError("importance takes finite numbers, 0 or above.")
    if not importance.any():
        return 0.0, 0.0
    scaled = importance / importance.max()
    weight = scaled.sum(1) / scaled.sum()
    return float((weight * _single(scaled)).sum()), float(_single(scaled.T).mean())


def require_table(units: int, factors: int) -> None:
    """Two units and two factors or more: where there is one, every law on it is certain.

    Raises:
        ValueError: fewer.
    """
    if min(units, factors) < 2:
        raise ValueError(
            f"DCI takes two units and two factors or more, not {units} and {factors}: of one "
            "there is no other to tell it from."
        )


def _single(rows: np.ndarray) -> np.ndarray:
    """(N,) how much each row is of one column: 1 - H, in units of its largest; 0 of no mass."""
    mass = rows.sum(1, keepdims=True)
    shares = rows / np.where(mass > 0, mass, 1.0)
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(1)
    return np.where(mass[:, 0] > 0, 1 - entropy / np.log(rows.shape[1]), 0.0)
