"""What a treatment changes: a model's answer, the truth and the usual estimates beside it.

ITE(x) = E[y | x, do(t = 1)] - E[y | x, do(t = 0)],      ATE = E[ITE(x)]
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Effect:
    """Effects of a treatment, and what is known of them. All in the outcome's unit.

    Attributes:
        units: (N,) int64, rows of the data set; empty where own pictures were asked about.
        outcomes: (N, 2) E[y | x, do(t = 0)] and E[y | x, do(t = 1)].
        truth: (N, 2) the same for a unit's true hidden cause; None where it is not known.
        naive: mean outcome of the treated less that of the untreated, on the training split.
        regression: (N,) effects by least squares of y on x within each treatment's group.
    """

    units: np.ndarray = field(repr=False)
    outcomes: np.ndarray = field(repr=False)
    truth: np.ndarray | None = field(repr=False)
    naive: float
    regression: np.ndarray = field(repr=False)

    @property
    def ite(self) -> np.ndarray:
        """(N,) effect on each unit, as the model has it."""
        return self.outcomes[:, 1] - self.outcomes[:, 0]

    @property
    def ate(self) -> float:
        """Their mean."""
        return float(self.ite.mean())

    @property
    def truth_ite(self) -> np.ndarray | None:
        """(N,) true effect on each unit."""
        return None if self.truth is None else self.truth[:, 1] - self.truth[:, 0]

    @property
    def truth_ate(self) -> float | None:
        """Their mean."""
        return None if self.truth_ite is None else float(self.truth_ite.mean())

    @property
    def regression_ate(self) -> float:
        """Mean effect by regression."""
        return float(self.regression.mean())
