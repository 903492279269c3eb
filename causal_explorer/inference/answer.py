"""What the library answers with."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from causal_explorer.data.raster import SIZE
from causal_explorer.inference.agreement import iou, l1
from causal_explorer.inference.posterior import Posterior
from causal_explorer.inference.uncertainty import Uncertainty
from causal_explorer.scm.actions import Action
from causal_explorer.scm.variables import Variable


def _unknown() -> np.ndarray:
    return np.full((SIZE, SIZE), np.nan)


@dataclass(frozen=True)
class Answer:
    """Pictures of a query and the truth beside them.

    Attributes:
        density: (64, 64) float64, the averaged probability that a pixel is on.
        truth: (64, 64) float64, the renderer's pictures averaged over the same draws of the
            factors, and so under the same graph, tables and coupling: it tells whether the model
            paints what followed, not whether that would have followed. NaN where nobody told what
            the image shows beside its factors, or the renderer drew no such image, as of a photo.
        uncertainty: the variance of each pixel, split into its sources.
        variables: the columns of the tables of classes.
        standard_error: (64, 64) float64, how far chance in the draws of the factors and of z
            takes the density from what ever more of them would give: its standard deviation over
            seeds, estimated. With P = p(x' = 1 | factors, z, evidence), S samples, and m_k draws of
            z, of variance s²_k, for the combination k of the factors, of which n_k were drawn:
            SE² = Var E(P | factors) / (S - 1) + Σ (n_k / S)² s²_k / m_k. NaN of a single sample.
        latents: draws of z that the density rests on, each of them used once; 0 where no picture
            reads z.
    """

    density: np.ndarray = field(repr=False)
    truth: np.ndarray = field(repr=False)
    uncertainty: Uncertainty = field(repr=False)
    variables: tuple[Variable, ...] = field(repr=False)
    standard_error: np.ndarray = field(repr=False, kw_only=True, default_factory=_unknown)
    latents: int = field(kw_only=True, default=0)

    @property
    def truth_known(self) -> bool:
        """Whether every pixel of the truth is known."""
        return not np.isnan(self.truth).any()

    @property
    def l1(self) -> float:
        """Mean absolute error of the density against the truth, a pixel; NaN if that is."""
        return l1(self.density, self.truth)

    @property
    def mean_standard_error(self) -> float:
        """The standard error of the density, averaged over the pixels."""
        return float(self.standard_error.mean())

    @property
    def iou(self) -> float:
        """Intersection over union of density and truth, as `agreement.iou` has it."""
        return iou(self.density, self.truth)


@dataclass(frozen=True)
class PopulationAnswer(Answer):
    """The answer of rung 1 or 2, about a population.

    Attributes:
        factors: (samples, V) int64 classes drawn.
    """

    factors: np.ndarray = field(repr=False)

    def shares(self, factor: str) -> np.ndarray:
        """(K,) how often each class of a factor was drawn."""
        return _shares(self.factors, self.variables, factor)


@dataclass(frozen=True)
class CounterfactualAnswer(Answer):
    """The answer of rung 3, about one image, or about what is known of it.

    Attributes:
        original: (64, 64) floats of 0 and 1, the image that was asked about; without an image
            and with some factors unknown, the average of what it may have been.
        reconstruction: (64, 64) float64, E p(x = 1 | v, z) over q(z | x, v) and the posterior.
        posterior: the explanations of the evidence.
        factual: (samples, V) int64 classes before.
        counterfactual: (samples, V) int64 classes after, one row a draw of the noise.
        do: the targets and their actions.
        cut: edges of the graph that do() removed.
        descendants: factors that can move although they were not set.
    """

    original: np.ndarray = field(repr=False)
    reconstruction: np.ndarray = field(repr=False)
    posterior: Posterior = field(repr=False)
    factual: np.ndarray = field(repr=False)
    counterfactual: np.ndarray = field(repr=False)
    do: dict[str, Action]
    cut: frozenset[tuple[str, str]]
    descendants: frozenset[str]

    def shares(self, factor: str) -> np.ndarray:
        """(K,) how often each class of a factor was drawn, after do()."""
        return _shares(self.counterfactual, self.variables, factor)


def _shares(table: np.ndarray, variables: tuple[Variable, ...], factor: str) -> np.ndarray:
    column = [variable.name for variable in variables].index(factor)
    return np.bincount(table[:, column], minlength=variables[column].classes) / len(table)
