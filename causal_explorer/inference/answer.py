"""What the library answers with."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from causal_explorer.inference.agreement import iou, l1
from causal_explorer.scm.variables import Variable


@dataclass(frozen=True)
class Answer:
    """Pictures of a query and the truth beside them.

    Attributes:
        density: (64, 64) float64, the averaged probability that a pixel is on.
        truth: (64, 64) float64, the renderer's pictures averaged over the same draws.
        variables: the columns of the tables of classes.
    """

    density: np.ndarray = field(repr=False)
    truth: np.ndarray = field(repr=False)
    variables: tuple[Variable, ...] = field(repr=False)

    @property
    def l1(self) -> float:
        """Mean absolute error of the density against the truth, a pixel."""
        return l1(self.density, self.truth)

    @property
    def iou(self) -> float:
        """Intersection over union of density > 0.5 and truth > 0.5; NaN if both are empty."""
        return iou(self.density, self.truth)


@dataclass(frozen=True)
class PopulationAnswer(Answer):
    """The answer of rung 1 or 2, about a population.

    Attributes:
        factors: (samples, V) int64 classes drawn.
    """

    factors: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class CounterfactualAnswer(Answer):
    """The answer of rung 3, about one image.

    Attributes:
        original: (64, 64) floats of 0 and 1, the image that was asked about.
        reconstruction: (64, 64) float64, E_q(z|x,v) p(x = 1 | v, z).
        factual: (samples, V) int64 classes before.
        counterfactual: (samples, V) int64 classes after, one row a draw of the noise.
        do: the targets and their classes.
        cut: edges of the graph that do() removed.
        descendants: factors that can move because they descend from a target.
    """

    original: np.ndarray = field(repr=False)
    reconstruction: np.ndarray = field(repr=False)
    factual: np.ndarray = field(repr=False)
    counterfactual: np.ndarray = field(repr=False)
    do: dict[str, int]
    cut: frozenset[tuple[str, str]]
    descendants: frozenset[str]
