"""Sprites that were treated: a hidden cause decides who is treated, and how well all fare.

    severity ~ N(0, 1)                               hidden: how ill the sprite is
    grey := falling in severity                      an ill sprite is pale
    shape, orientation ~ Uniform                     what else a picture shows
    before := a coarse picture of it, and noise      a proxy: it tells severity in part
    t := 1[lot < σ(strength · severity)]             who is worse off is treated more often
    y := 7.7 - 2.4 severity + t (2.2 + 0.8 severity) + u     how high it has climbed, pixels

A picture shows both moments side by side: the sprite before, close up, in 8 × 8 noisy cells; and
after, clearly, at the height that it reached. The outcome is a height because one can see it, and
see how it is spread: do(t) has a picture, and its truth is drawn. Both potential outcomes of a
unit are known, as u is the same for both: treatment lifts everyone, y(1) - y(0) = 2.2 + 0.8
severity > 0. As those who are worse off are treated more often, the treated end up lower than the
untreated all the same: the naive comparison says that a good treatment harms.

Given severity, the cells are independent but for shape and orientation, which neither treatment
nor outcome reads: many views of one cause (Louizos et al. 2017, arXiv:1705.08821, section 2). That
makes the proxy rich; it does not make a deep model find the effect (Rissanen and Marttinen 2021,
arXiv:2102.06648).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data import dsprites
from causal_explorer.data.pictures import DrawnPictures
from causal_explorer.scm.equations import Equation, Equations
from causal_explorer.scm.variables import Quantity, Variable
from causal_explorer.wording import brief

SIZE = 32  # pixels of a panel's side
CELLS = 8  # of the picture before, along a side
SEVERITY = Quantity(
    "severity",
    -2.4,
    2.4,
    "standard deviations",
    0.1,
    about="How ill the sprite is. Hidden from the model, which sees how pale it makes the picture.",
)
LOT = Quantity(
    "lot",
    0.0,
    1.0,
    about="The luck of the draw, noise: treated is whose lot lies below the chance of treatment.",
)
TREATMENT = Variable(
    "t",
    (0.0, 1.0),
    kind="nominal",
    labels=("untreated", "treated"),
    called="treatment",
    about="Whether it is treated.",
    supposed=("been left untreated", "been treated"),
)
HEIGHT = Quantity(
    "y", 0.0, 16.0, "pixels", 0.5, called="height", about="How high it has climbed afterwards."
)
SPECKLE = Quantity(
    "speckle",
    0.0,
    2.0**24 - 1,
    step=1.0,
    about="Which noise lies on the cells before: another whole number, another draw.",
)
HIDDEN = (SEVERITY, dsprites.FACTORS[0], dsprites.FACTORS[2], SPECKLE, LOT)

_SPREAD = 0.9  # pixels, of u; cut off at twice as much, so that all heights are in range
_DARK, _LIGHT, _PALE = 0.35, 0.6, 0.06  # grey of the ground, of a sprite, and what illness takes
_CHUNK = 4_096  # units drawn at a time: bounds the memory


@dataclass(frozen=True)
class Trial:
    """Who was treated, and what came of it.

    Attributes:
        strength: of confounding, 0 (by lot alone) to 5: the log odds of being treated that a
            standard deviation of severity adds.
        noise: standard deviation of a cell's grey in the picture before, 0 to 0.3.
        units: how many there are.
        seed: of their draw.

    Raises:
        ValueError: a setting is out of range.
    """

    strength: float = 2.5
    noise: float = 0.12
    units: int = 20_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name, most in (("strength", 5.0), ("noise", 0.3)):
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not 0 <= value <= most:
                raise ValueError(f"{name} is {brief(value)}: it takes a number from 0 to {most}.")
        check_count(self.units, self.seed)

    def story(self) -> Equations:
        """The structural causal model of the hidden cause, the treatment and the outcome."""
        return Equations(
            "treatment",
            "A hidden severity decides who is treated and how high a sprite climbs, and treatment "
            "lifts it.",
            (SEVERITY, LOT, TREATMENT, HEIGHT),
            {
                "t": Equation(("severity", "lot"), self._treated),
                "y": Equation(("severity", "t"), height),
            },
        )

    def _treated(self, severity: np.ndarray, lot: np.ndarray) -> np.ndarray:
        return (lot < 1 / (1 + np.exp(-self.strength * severity))).astype(float)

    def draw(self) -> np.ndarray:
        """(N, 7) float64: t and y, then severity, shape, orientation, speckle and lot."""
        rng, count = np.random.default_rng(self.seed), self.units
        severity = rng.normal(size=count).clip(SEVERITY.low, SEVERITY.high)
        lot, u = rng.random(count), _SPREAD * rng.normal(size=count).clip(-2, 2)
        v = self.story().predict({"severity": severity, "lot": lot, "t": np.zeros(count), "y": u})
        y = v["y"].astype(np.float32)  # as labels hold it: a unit draws its own picture
        look = [rng.integers(0, high, count) for high in (3, 39, 2**24)]
        return np.stack([v["t"], y, severity, *look, lot], axis=1)

    def render(self, units: np.ndarray) -> np.ndarray:
        """Draws units before and after, side by side.

        Args:
            units: (N, 7) as `draw` gives them; a height out of range is drawn at its end.

        Returns:
            (N, 32, 64, 1) uint8.
        """
        table = np.asarray(units, float)
        pictures = np.empty((len(table), SIZE, 2 * SIZE, 1), np.uint8)
        for start in range(0, len(table), _CHUNK):
            part = slice(start, start + _CHUNK)
            both = np.concatenate([self._before(table[part]), _after(table[part])], axis=2)
            pictures[part, ..., 0] = np.round(255 * both)
        return pictures

    def open(self, device: torch.device) -> DrawnPictures:
        """The units with their pictures."""
        table, pictures = _drawn(self)
        return DrawnPictures(table[:, :2].astype(np.float32), pictures, device, table[:, 2:])

    def _before(self, table: np.ndarray) -> np.ndarray:
        """(N, 32, 32): a cell is the mean grey of its share of the sprite, and noise."""
        close = _sprite(table, np.full(len(table), 16))[:, 16:48, 16:48]
        light = _LIGHT - _DARK - _PALE * table[:, 2, None, None]
        grey = _DARK + light * _blocks(close, SIZE // CELLS)
        cells = (grey + self.noise * _speckles(table[:, 5])).clip(0, 1)
        return cells.repeat(SIZE // CELLS, 1).repeat(SIZE // CELLS, 2)


def height(severity: np.ndarray, t: np.ndarray) -> np.ndarray:
    """E[y | severity, t], pixels."""
    return 7.7 - 2.4 * severity + t * (2.2 + 0.8 * severity)


def before(x: Tensor) -> Tensor:
    """(N, 1, 32, 64) pictures to (N, 64) cells: what was there before the treatment."""
    step = SIZE // CELLS
    return x[:, 0, ::step, :SIZE:step].flatten(1)


def check_count(units: object, seed: object) -> None:
    """Refuses settings that are no number of units, or no seed."""
    for name, value, least in (("units", units, 10), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 10**6:
            raise ValueError(
                f"{name} is {brief(value)}: it takes a whole number from {least} to 1,000,000."
            )


@lru_cache(maxsize=2)
def _drawn(trial: Trial) -> tuple[np.ndarray, np.ndarray]:
    table = trial.draw()
    return table, trial.render(table)


def _after(table: np.ndarray) -> np.ndarray:
    """(N, 32, 32): the sprite at its height."""
    lowest = dsprites.FACTORS[4].classes - 1
    rise = np.round(table[:, 1].clip(0, HEIGHT.high) * lowest / HEIGHT.high).astype(int)
    return _blocks(_sprite(table, lowest - rise), 2)


def _sprite(table: np.ndarray, down: np.ndarray) -> np.ndarray:
    """(N, 64, 64) sprites of 0 and 1 at (N,) classes of posY."""
    largest = np.full(len(table), dsprites.FACTORS[1].classes - 1)
    shape, orientation = table[:, 3:5].astype(int).T
    middle = np.full(len(table), 16)
    return dsprites.render(np.column_stack([shape, largest, orientation, middle, down]))


def _blocks(x: np.ndarray, side: int) -> np.ndarray:
    """(N, R, C) pictures to means of blocks, (N, R / side, C / side)."""
    count, rows, columns = x.shape
    return x.reshape(count, rows // side, side, columns // side, side).mean((2, 4))


def _speckles(numbers: np.ndarray) -> np.ndarray:
    """(N, 8, 8) normal draws, the same for the same number."""
    return np.stack([np.random.default_rng(int(n)).normal(size=(CELLS, CELLS)) for n in numbers])
