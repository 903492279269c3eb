"""Effectiveness: the picture should show what do() asked for, and what follows from it.

Source: Monteiro et al. 2023 (arXiv:2303.01274), definition of effectiveness; read off by the
renderer's own pictures instead of a trained classifier, whose errors would be counted too. It is a
property of the decoder: one that is told the geometry of its shapes has it for the asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from causal_explorer.metrics.codes import as_array
from causal_explorer.metrics.reader import Reader


@dataclass(frozen=True)
class Shown:
    """Counterfactual pictures of one draw each, and what they should show.

    Attributes:
        pictures: (N, 64, 64) booleans, density > 0.5.
        wanted: (N, V) int64, the answers' draws of the factors after do(): what follows from
            the target is wanted too, so that propagation counts as right.
    """

    pictures: np.ndarray = field(repr=False)
    wanted: np.ndarray = field(repr=False)

    def __post_init__(self) -> None:
        for name in ("pictures", "wanted"):
            found = as_array(getattr(self, name), f"{name} takes an array of numbers")
            object.__setattr__(self, name, found)


@dataclass(frozen=True)
class Effectiveness:
    """How often the factors read off a counterfactual picture are those that were wanted.

    Attributes:
        factors: the rows, as read.
        targets: the columns, as intervened on, one at a time.
        matrix: shares of queries. On the diagonal, effectiveness; off it, what should follow
            from the target or stay as it was, so that less than 1 is leakage.
        drawn: by target, the share of pictures that some combination draws to the pixel.
        queries: by target, how many were asked.
    """

    factors: tuple[str, ...]
    targets: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]
    drawn: tuple[float, ...]
    queries: tuple[int, ...]

    @property
    def diagonal(self) -> dict[str, float]:
        """Effectiveness of each target."""
        return {t: self.matrix[self.factors.index(t)][j] for j, t in enumerate(self.targets)}


def effectiveness(
    factors: tuple[str, ...], shown: Mapping[str, Shown], reader: Reader
) -> Effectiveness:
    """Reads every picture and compares the reading with what was wanted.

    A factor is right if its class is among those of the reading, which is a set where sprites
    are symmetric.

    Args:
        factors: names of the columns of the classes.
        shown: by the target of do().
        reader: of the factors.

    Raises:
        ValueError: no target, no picture, or not the classes of each picture.
    """
    if not shown:
        raise ValueError("shown holds no target: effectiveness takes one at least.")
    for target, own in shown.items():
        if (
            own.pictures.ndim != 3
            or own.wanted.shape != (len(own.pictures), len(factors))
            or not own.wanted.size
        ):
            raise ValueError(
                f"do({target}) has pictures {own.pictures.shape} and classes {own.wanted.shape}: "
                f"it takes one picture or more, with {len(factors)} classes each."
            )
    found = {target: _agreement(own, reader) for target, own in shown.items()}
    right = np.stack([shares for shares, _ in found.values()], axis=1)
    return Effectiveness(
        factors=factors,
        targets=tuple(shown),
        matrix=tuple(tuple(row) for row in right.tolist()),
        drawn=tuple(drawn for _, drawn in found.values()),
        queries=tuple(len(own.wanted) for own in shown.values()),
    )


def _agreement(shown: Shown, reader: Reader) -> tuple[np.ndarray, float]:
    """(V,) share of pictures in which each factor is right; share that the renderer can draw."""
    right, drawn = [], []
    for picture, wanted in zip(shown.pictures, shown.wanted, strict=True):
        classes, distance = reader.read(picture)
        right.append((classes == wanted).any(0))
        drawn.append(distance == 0)
    return np.mean(right, axis=0), float(np.mean(drawn))
