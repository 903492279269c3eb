"""Disentanglement, completeness and informativeness of a code.

R_ij is how much unit i matters to a predictor of factor j. Disentanglement: each unit serves one
factor; completeness: each factor is served by one unit; informativeness: the predictor is right.
Source: Eastwood and Williams 2018 (ICLR), section 2, with random forests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_TREES = 20
_DEEP = 16


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
    learnt: tuple[np.ndarray, np.ndarray], scored: tuple[np.ndarray, np.ndarray], seed: int = 0
) -> DCI:
    """The three scores.

    Args:
        learnt: (N, L) codes and (N, V) int classes that the predictors learn from.
        scored: the same of other pictures, that they are scored on.
        seed: of the predictors.
    """
    from sklearn.ensemble import RandomForestClassifier  # as in higgins.py

    matters, right = [], []
    for j in range(learnt[1].shape[1]):
        forest = RandomForestClassifier(_TREES, max_depth=_DEEP, random_state=seed)
        forest.set_params(max_features=1.0).fit(learnt[0], learnt[1][:, j])
        matters.append(forest.feature_importances_)
        right.append(float((forest.predict(scored[0]) == scored[1][:, j]).mean()))
    return DCI(*disentangled(np.stack(matters, axis=1)), float(np.mean(right)))


def disentangled(importance: np.ndarray) -> tuple[float, float]:
    """Disentanglement and completeness of an (L, V) matrix of importances, 0 or above."""
    whole = importance.sum()
    if whole == 0:
        return 0.0, 0.0
    weight = importance.sum(1) / whole
    units = float((weight * (1 - _entropy(importance))).sum())
    return units, float((1 - _entropy(importance.T)).mean())


def _entropy(rows: np.ndarray) -> np.ndarray:
    """(N,) entropy of each row as a law, in units of its largest."""
    shares = rows / np.maximum(rows.sum(1, keepdims=True), 1e-12)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return -(shares * logs).sum(1) / np.log(rows.shape[1])
