"""The synthetic test that Pyro's documentation gives CEVAE; no pictures, five noisy numbers.

    z ~ Bernoulli(1/2)                          hidden
    x ~ N(z, 5z + 3(1 - z)), five of them       a proxy; the second argument is its deviation
    t ~ Bernoulli(0.75z + 0.25(1 - z))
    y ~ Bernoulli(σ(3(z + 2(2t - 2))))

Whatever z is, nobody untreated recovers (σ(-9) at most). Closed form: ATE = 0.726, and the naive
difference of means is 0.839.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.pictures import DrawnPictures
from causal_explorer.data.treatment import LOT, TREATMENT, check_count
from causal_explorer.scm.equations import Equation, Equations
from causal_explorer.scm.variables import Quantity, Variable

FEATURES = 5
CAUSE = Variable("z", (0.0, 1.0), kind="nominal", about="The hidden cause.")
OUTCOME = Variable(
    "y",
    (0.0, 1.0),
    kind="nominal",
    labels=("failed", "recovered"),
    called="outcome",
    about="Whether the unit recovers.",
)
NOISE = tuple(
    Quantity(f"e{i}", -8.0, 8.0, about=f"Noise of the proxy's number {i}.")
    for i in range(1, FEATURES + 1)
)
HIDDEN = (CAUSE, *NOISE, LOT)


@dataclass(frozen=True)
class SyntheticTest:
    """The units.

    Attributes:
        units: how many there are.
        seed: of their draw.

    Raises:
        ValueError: a setting is out of range.
    """

    units: int = 20_000
    seed: int = 0

    def __post_init__(self) -> None:
        check_count(self.units, self.seed)

    def draw(self) -> np.ndarray:
        """(N, 9) float64: t and y, then z, the noise of the five columns, and the lot."""
        rng, count = np.random.default_rng(self.seed), self.units
        z, lot = rng.integers(0, 2, count), rng.random(count)
        t = (lot < _chance(z)).astype(float)
        y = rng.random(count) < recovery(z, t)
        e = rng.normal(size=(count, FEATURES)).clip(-8, 8)
        return np.column_stack([t, y, z, e, lot])

    def open(self, device: torch.device) -> DrawnPictures:
        """The units with their five numbers in the place of pictures."""
        table = self.draw()
        return DrawnPictures(table[:, :2].astype(np.int64), render(table), device, table[:, 2:])


def story() -> Equations:
    """The structural causal model; the noise of y is what is left of its probability."""
    return Equations(
        "cevae-synthetic",
        "A hidden cause z decides who is treated, and with treatment who recovers.",
        (CAUSE, LOT, TREATMENT, OUTCOME),
        {
            "t": Equation(("z", "lot"), lambda z, lot: (lot < _chance(z)).astype(float)),
            "y": Equation(("z", "t"), recovery),
        },
    )


def render(units: np.ndarray) -> np.ndarray:
    """(N, 9) units to (N, 5) float32 x."""
    table = np.asarray(units, float)
    z, e = table[:, 2:3], table[:, 3 : 3 + FEATURES]
    return (z + (5 * z + 3 * (1 - z)) * e).astype(np.float32)


def covariates(x: Tensor) -> Tensor:
    """All of x was there before the treatment."""
    return x


def recovery(z: np.ndarray, t: np.ndarray) -> np.ndarray:
    """P(y = 1 | z, t)."""
    return 1 / (1 + np.exp(-3 * (z + 2 * (2 * t - 2))))


def _chance(z: np.ndarray) -> np.ndarray:
    """P(t = 1 | z)."""
    return 0.75 * z + 0.25 * (1 - z)
