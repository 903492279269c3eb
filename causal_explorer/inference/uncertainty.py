"""Where the variance of a pixel comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Uncertainty:
    """Var x' of each pixel, split by the law of total variance; (64, 64) float64 each.

    With P = p(x' = 1 | v', z, evidence):

        Var x' = Var E(P | v') + E Var(P | v') + E P (1 - P)

    Attributes:
        factors: the first term: what the noise of the factors, and which explanation of the
            evidence holds, leave open.
        latent: the second: what z leaves open, the factors known.
        pixels: the third: what the noise of the pixel itself leaves open.
    """

    factors: np.ndarray = field(repr=False)
    latent: np.ndarray = field(repr=False)
    pixels: np.ndarray = field(repr=False)

    @property
    def total(self) -> np.ndarray:
        """(64, 64) the variance itself, at most 1/4."""
        return self.factors + self.latent + self.pixels
