"""Parametric mechanisms: a row that peaks at one class, and causes that move the peak.

With k a class, E the sum of the causes' effects, and the row normalised:

    ordinal    p(k) ∝ exp(-½ ((k - centre - E) / spread)²)
    circular   p(k) ∝ exp(concentration · cos(angle_k - step · (centre + E)))     von Mises
    nominal    p(k) ∝ weight_k · exp(k' E),   k' the class number from the middle

A thousandth of the mass is spread evenly: no class is impossible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from causal_explorer.scm.variables import Variable

_FLOOR = 1e-3


@dataclass(frozen=True)
class Effect:
    """What a cause adds to the place of the peak, in classes of the variable it moves.

    Attributes:
        strength: multiplies all of it; 0 leaves the edge without effect.
        values: one number a class of the cause, or
        slope: for each class of an ordered cause, from its middle, and
        sine, cosine: of the angle of a circular cause.
    """

    strength: float = 1.0
    values: tuple[float, ...] = ()
    slope: float = 0.0
    sine: float = 0.0
    cosine: float = 0.0

    def of(self, cause: Variable) -> np.ndarray:
        """(K,) for each class of the cause."""
        if self.values:
            return self.strength * np.array(self.values)
        place = np.arange(cause.classes) - (cause.classes - 1) / 2
        angle = cause.angles if cause.kind == "circular" else np.zeros(cause.classes)
        waves = self.sine * np.sin(angle) + self.cosine * np.cos(angle)
        return self.strength * (self.slope * place + (waves if cause.kind == "circular" else 0.0))


@dataclass(frozen=True)
class Peak:
    """p(v | pa) by a peak.

    Attributes:
        effects: of each cause, in the order of the table's axes.
        centre: class at which the row peaks where the effects are 0; None for the middle.
        spread: of an ordinal variable, classes; None for a flat row.
        concentration: of a circular variable, or one for each class of its only cause; 0 is flat.
        weights: of a nominal variable's classes; empty for equal ones.
    """

    effects: Mapping[str, Effect] = field(default_factory=dict)
    centre: float | None = None
    spread: float | None = None
    concentration: float | tuple[float, ...] = 0.0
    weights: tuple[float, ...] = ()

    def table(self, variable: Variable, causes: Sequence[Variable]) -> np.ndarray:
        """The table: an axis for each cause, then the variable's own classes.

        Args:
            variable: that the mechanism is of.
            causes: the variables named in `effects`, in that order.
        """
        total = np.zeros(())
        for cause in causes:
            total = total[..., None] + self.effects[cause.name].of(cause)
        k = np.arange(variable.classes)
        middle = (variable.classes - 1) / 2
        place = (middle if self.centre is None else self.centre) + total[..., None]
        if variable.kind == "nominal":
            weights = np.array(self.weights) if self.weights else np.ones(variable.classes)
            logits = np.log(weights) + (k - middle) * total[..., None]
        elif variable.kind == "circular":
            angles = variable.angles
            logits = np.array(self.concentration)[..., None] * np.cos(
                angles - place * (angles[1] - angles[0])
            )
        elif self.spread is None:
            logits = np.zeros(np.broadcast(place, k).shape)
        else:
            logits = -0.5 * ((k - place) / self.spread) ** 2
        row = np.exp(logits - logits.max(-1, keepdims=True))
        row /= row.sum(-1, keepdims=True)
        return (1 - _FLOOR) * row + _FLOOR / variable.classes
