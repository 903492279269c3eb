"""Small drawn faces, with attributes named as CelebA names them, and a story behind them.

    Male        ~ Bernoulli(1/2)                     Young, Smiling ~ Bernoulli(3/5), (1/2)
    Eyeglasses  ~ Bernoulli(1/2 ± ρ/2), more often if Male: a correlation that says nothing of a
                  face, and that the user sets
    Hair_Color follows Young;  Eye_Color follows Hair_Color
    Mouth_Slightly_Open follows Smiling;  Narrow_Eyes follows Smiling and Male

Eyeglasses are the treatment, and what is not their descendant is a covariate. The
width of a face and its tone are noise of the picture that no label names, so the truth under do()
keeps them.
Names of the attributes: Liu et al. 2015 (arXiv:1411.7766); smile and gender as causes, Yang et al.
2021 (arXiv:2004.08697).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from causal_explorer.data.face_renderer import render
from causal_explorer.data.pictures import DrawnPictures
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Quantity, Variable
from causal_explorer.wording import brief

GLASSES = ("worn no eyeglasses", "worn eyeglasses")  # what a question supposes


def _flag(name: str, about: str, supposed: tuple[str, ...] = ()) -> Variable:
    return _named(name, about, "no", "yes", supposed=supposed)


def _named(name: str, about: str, *labels: str, supposed: tuple[str, ...] = ()) -> Variable:
    values = tuple(map(float, range(len(labels))))
    return Variable(name, values, kind="nominal", labels=labels, about=about, supposed=supposed)


VARIABLES = (
    _flag("Eyeglasses", "The treatment: whether glasses are worn.", GLASSES),
    _flag("Male", "Short hair, a wider head and thicker brows."),
    _flag("Young", "No lines on the forehead and beside the nose."),
    _flag("Smiling", "A mouth that bends upwards, and red cheeks."),
    _named("Hair_Color", "It follows age.", "black", "blond", "brown", "gray"),
    _named("Eye_Color", "Of the iris; it goes with the hair.", "brown", "blue", "green"),
    _flag("Mouth_Slightly_Open", "More often in a smile."),
    _flag("Narrow_Eyes", "More often in a smile."),
)
HIDDEN = (
    Quantity(
        "face_width", 0.88, 1.12, "", 0.01, about="1 is the middle width. No label tells the model."
    ),
    Quantity(
        "skin_tone", 0.0, 1.0, "", 0.05, about="0 is the lightest, 1 the darkest. Not labelled."
    ),
)
COVARIATES = tuple(variable.name for variable in VARIABLES[1:])


@dataclass(frozen=True)
class Population:
    """Whose faces are drawn.

    Attributes:
        rho: correlation of Eyeglasses with Male, 0 to 0.99.
        units: how many faces.
        seed: of their draw.

    Raises:
        ValueError: a setting is out of range.
    """

    rho: float = 0.0
    units: int = 12_000
    seed: int = 0

    def __post_init__(self) -> None:
        number = isinstance(self.rho, (int, float)) and not isinstance(self.rho, bool)
        if not number or not 0 <= self.rho <= 0.99:
            raise ValueError(f"rho is {brief(self.rho)}: it takes a number from 0 to 0.99.")
        for name, low in (("units", 100), ("seed", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= 10**6:
                raise ValueError(
                    f"{name} is {brief(value)}: it takes a whole number from {low} to 1,000,000."
                )

    def story(self) -> SCM:
        """The structural causal model of the attributes."""
        more, less = 0.5 + self.rho / 2, 0.5 - self.rho / 2
        return SCM(
            "faces",
            "Glasses go with being male by ρ; age decides the hair, hair goes with the colour of "
            "the eyes, and a smile opens the mouth and narrows the eyes.",
            VARIABLES,
            {
                "Male": mechanism((), [0.5, 0.5]),
                "Young": mechanism((), [0.4, 0.6]),
                "Smiling": mechanism((), [0.5, 0.5]),
                "Eyeglasses": mechanism(("Male",), [[more, less], [less, more]]),
                "Hair_Color": mechanism(
                    ("Young",), [[0.15, 0.1, 0.15, 0.6], [0.35, 0.3, 0.3, 0.05]]
                ),
                "Eye_Color": mechanism(
                    ("Hair_Color",),
                    [[0.8, 0.1, 0.1], [0.15, 0.65, 0.2], [0.5, 0.2, 0.3], [0.4, 0.4, 0.2]],
                ),
                "Mouth_Slightly_Open": mechanism(("Smiling",), [[0.85, 0.15], [0.25, 0.75]]),
                "Narrow_Eyes": mechanism(
                    ("Smiling", "Male"), [[[0.9, 0.1], [0.8, 0.2]], [[0.4, 0.6], [0.25, 0.75]]]
                ),
            },
        )

    def draw(self) -> np.ndarray:
        """(N, 10) float64: attributes, then what is hidden."""
        generator = torch.Generator().manual_seed(self.seed)
        story = self.story()
        v = story.stack(story.draw({}, self.units, generator)).numpy()
        hidden = draw_hidden(self.units, np.random.default_rng(self.seed))
        return np.concatenate([v, hidden], axis=1)

    def open(self, device: torch.device) -> DrawnPictures:
        """The faces with their pictures; drawn once a process."""
        units, pictures = _drawn(self)
        v, hidden = units[:, : len(VARIABLES)], units[:, len(VARIABLES) :]
        return DrawnPictures(v.astype(np.int64), pictures, device, hidden)


def draw_hidden(count: int, generator: np.random.Generator) -> np.ndarray:
    """(count, 2) float64 of what no label names, uniform over each range."""
    low, high = np.array([(q.low, q.high) for q in HIDDEN]).T
    return generator.uniform(low, high, (count, len(HIDDEN)))


@lru_cache(maxsize=4)
def _drawn(population: Population) -> tuple[np.ndarray, np.ndarray]:
    units = population.draw()
    return units, render(units)
