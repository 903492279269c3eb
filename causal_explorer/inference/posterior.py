"""The posterior over the factors: the explanations of what was seen, and how sure each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from causal_explorer.scm.variables import Variable


@dataclass(frozen=True)
class Posterior:
    """p(v | evidence) as a list of explanations, the most probable first.

    Attributes:
        classes: (E, V) int64, one explanation a row.
        probabilities: (E,) float64, summing to `covered`.
        covered: mass of the listed explanations in the whole posterior: at least that, where it is
            bounded; 1 where all factors are given; else an estimate, what the search held before
            it last widened and found no more.
        variables: the columns.
        nats: -log p(x | v) of the image under the first; NaN without an image, and where the
            image is the picture of factors that are all known.
        overlap: intersection over union of the image and the first's picture, the model's where
            the true one is not known; NaN without one.
        none: the probability that the image shows none of all combinations but something else,
            by `disturbance.none_of_these`; the listed probabilities are those of an image that
            shows one of them, every stray pixel the model's own noise. NaN without an image, and
            where all factors are given.
        disturbed: whether the image is equal to no combination's picture, as a photo is.
        bounded: whether `covered` is a lower bound rather than an estimate.
        laws: (K,) p(v_factor | evidence) of each factor, where the list is too short to tell.
    """

    classes: np.ndarray = field(repr=False)
    probabilities: np.ndarray = field(repr=False)
    covered: float
    variables: tuple[Variable, ...] = field(repr=False)
    nats: float = float("nan")
    overlap: float = float("nan")
    none: float = float("nan")
    disturbed: bool = False
    bounded: bool = True
    laws: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def best(self) -> dict[str, int]:
        """The most probable explanation: a class of each factor."""
        names = (variable.name for variable in self.variables)
        return dict(zip(names, self.classes[0].tolist(), strict=True))

    def law(self, factor: str) -> np.ndarray:
        """(K,) p(v_factor | evidence)."""
        if factor in self.laws:
            return self.laws[factor]
        column = [variable.name for variable in self.variables].index(factor)
        count = self.variables[column].classes
        listed = np.bincount(self.classes[:, column], self.probabilities, minlength=count)
        return listed / listed.sum()


_UNKNOWN = float("nan")


def certain(
    variables: tuple[Variable, ...], classes: list[int], overlap: float, nats: float = _UNKNOWN
) -> Posterior:
    """The posterior of factors that are all known, and how well the image fits them."""
    return Posterior(np.array([classes]), np.ones(1), 1.0, variables, nats, overlap)
