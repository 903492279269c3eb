"""Effects without a hidden cause: what one would say who takes the proxy for all there is.

Both are wrong where the proxy tells the hidden cause in part: the difference of means adjusts for
nothing, a regression on (x, t) only for what x tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_PENALTY = 1.0  # of a weight's square, so that columns that say the same do no harm


@dataclass(frozen=True)
class Adjusted:
    """E[y | x, t] by a line for each treatment.

    Attributes:
        weights: (2, D + 1), of the proxies and the constant.
    """

    weights: np.ndarray

    def __call__(self, x: np.ndarray, t: int) -> np.ndarray:
        """(N,) expected outcomes of (N, D) proxies at one treatment."""
        return x @ self.weights[t, :-1] + self.weights[t, -1]


def difference_of_means(t: np.ndarray, y: np.ndarray) -> float:
    """Mean outcome of the treated less that of the untreated, of (N,) treatments of 0 and 1.

    Raises:
        ValueError: nobody was treated, or all were.
    """
    _require_both(t)
    return float(y[t == 1].mean() - y[t == 0].mean())


def ridge(x: np.ndarray, t: np.ndarray, y: np.ndarray) -> Adjusted:
    """Least squares of (N,) outcomes on (N, D) proxies, apart for each (N,) treatment of 0 and 1.

    Raises:
        ValueError: nobody was treated, or all were.
    """
    _require_both(t)
    weights = []
    for group in (0, 1):
        own, outcome = x[t == group], y[t == group]
        middle, level = own.mean(0), outcome.mean()
        centred = own - middle
        inner = centred.T @ centred + _PENALTY * np.eye(x.shape[1])
        slope = np.linalg.solve(inner, centred.T @ (outcome - level))
        weights.append(np.append(slope, level - middle @ slope))
    return Adjusted(np.stack(weights))


def _require_both(t: np.ndarray) -> None:
    if not set(np.unique(t)) == {0, 1}:
        raise ValueError("An effect takes units that were treated (1) and units that were not (0).")
