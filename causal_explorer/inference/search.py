"""All combinations of factors at once: by how many pixels each differs, what each can cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from causal_explorer.inference.doubt import CERTAIN, VAGUE
from causal_explorer.inference.world import World

_ALL = 1e30  # nats: a limit above every floor but that of what is scored
# gained and lost pixels count alike, or one sort 5 or 13 times as much: so that a cut or a
# cluttered sprite is found too
_FAR = np.int16(2_500)  # pixels: 13 times as many are an int16 yet; what is farther is far
_LOPSIDED = ((3, 2), (3, -2), (7, 6), (7, -6))


@dataclass
class Search:
    """All combinations that agree with what is known, and the least that each can cost.

    Attributes:
        floor: (D,) float32 nats, below -log p(x | v) where doubts are known, else a guess at it;
            infinite once a combination is scored.
        distance: (D,) int16, pixels by which the renderer's picture of each differs.
        excess: (D,) int16, pixels that it has more than the image.
        sizes: of each factor, the classes that are open.
        first: (V,) the first open class of each.
    """

    floor: np.ndarray
    distance: np.ndarray
    excess: np.ndarray
    sizes: tuple[int, ...]
    first: np.ndarray

    @classmethod
    def of(
        cls, world: World, x: Tensor, given: Mapping[str, int], doubts: np.ndarray | None
    ) -> Search:
        """Scans all pictures that the data set can draw.

        Args:
            world: whose data set draws them.
            x: (64, 64) the image, 0 and 1.
            given: classes that are known.
            doubts: (K_1, …, K_V) nats, as `doubt.doubt_of` measures them; None where unknown.

        Raises:
            ValueError: the data set cannot be searched.
        """
        if world.dataset.search is None:
            raise ValueError(f"{world.dataset.name} cannot be searched: give all of the factors.")
        windows, image = world.dataset.search(), x.cpu().numpy()
        names = [variable.name for variable in world.story.variables]
        known = [given.get(name) for name in names]
        cut = tuple(slice(None) if k is None else slice(k, k + 1) for k in known)
        distance = windows.distances(image)[cut]
        floor = distance.astype(np.float32)
        floor *= CERTAIN
        if doubts is not None:
            own = doubts[cut]
            floor -= own
            floor[own == VAGUE] = 0
            np.maximum(floor, 0, out=floor)
        return cls(
            floor.ravel(),
            distance.ravel(),
            (windows.areas[cut] - np.int16(image.sum())).ravel(),
            distance.shape,
            np.array([k or 0 for k in known]),
        )

    @property
    def closest(self) -> int:
        """Pixels by which the nearest picture differs."""
        return int(self.distance.min())

    @property
    def cheapest(self) -> float:
        """The least that what is not scored can cost, nats."""
        return float(self.floor.min())

    def nearest(self, count: int) -> float:
        """The floor of the so many cheapest that are left, nats."""
        left = self.floor[np.isfinite(self.floor)]
        return float(np.partition(left, count)[count]) if count < len(left) else _ALL

    def classes(self, rows: np.ndarray) -> np.ndarray:
        """(N, V) int64 classes of (N,) combinations."""
        return np.stack(np.unravel_index(rows, self.sizes), axis=1) + self.first

    def prefer(self, classes: Tensor) -> None:
        """Has (N, V) combinations scored among the first."""
        rows = np.ravel_multi_index(tuple((classes.numpy() - self.first).T), self.sizes)
        self.floor[rows] = self.floor.min()

    def take(self, limit: float, most: int) -> np.ndarray:
        """(N,) combinations that may cost at most `limit` nats, the cheapest `most`, once."""
        rows = np.flatnonzero(self.floor <= limit)
        if len(rows) > most:
            rows = rows[np.argsort(self.floor[rows], kind="stable")[:most]]
        self.floor[rows] = np.inf
        return rows

    def lopsided(self) -> np.ndarray:
        """(4, V) int64: what comes nearest where pixels gained or lost count more."""
        near = np.minimum(self.distance, _FAR)  # no excess is larger than its distance
        more = np.clip(self.excess, -_FAR, _FAR)
        rows = [
            int((near * np.int16(weight) + more * np.int16(tilt)).argmin())
            for weight, tilt in _LOPSIDED
        ]
        return self.classes(np.array(rows))
