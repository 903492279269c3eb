"""Reads the factors off a picture: those of the rendered picture that is nearest to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.data import dsprites
from causal_explorer.data.store import open_store
from causal_explorer.metrics.codes import as_array

_CHUNK = 1 << 14  # pictures looked at together: bounds the memory


@dataclass(frozen=True)
class Reader:
    """Every picture that can be drawn, and which combinations draw it.

    Attributes:
        packed: (M, 512) uint8, pictures as `numpy.packbits` packs them.
        classes: (M, V) int64, the combination that draws each.
    """

    packed: np.ndarray = field(repr=False)
    classes: np.ndarray = field(repr=False)

    def read(self, picture: ArrayLike) -> tuple[np.ndarray, int]:
        """The combinations that draw the picture, or else the picture nearest to it.

        A square turned by a quarter, or an ellipse by half, may look the same: there the
        reading is a set, and none of it is preferred. Of several nearest pictures the first
        is taken, so that a blank picture, to which all small sprites are near, is not read
        as all of them.

        Args:
            picture: (64, 64) of 0 and 1, or booleans.

        Returns:
            (T, V) int64 combinations, and the pixels in which they differ from the picture.

        Raises:
            ValueError: a picture of another shape.
        """
        picture = as_array(picture, "The picture takes (64, 64) of 0 and 1")
        if picture.shape != (64, 64):
            raise ValueError(f"The picture has shape {picture.shape}: it takes (64, 64).")
        wanted = np.packbits(picture.astype(bool), axis=None)
        rows, distance = self._equal(wanted), 0
        if not len(rows):
            nearest, distance = self._nearest(wanted)
            rows = self._equal(self.packed[nearest])
        return self.classes[rows], distance

    def _equal(self, wanted: np.ndarray) -> np.ndarray:
        """The rows of the pictures equal to a packed one."""
        order, digests = self._index
        digest = _digest(wanted[None])[0]
        first, last = (np.searchsorted(digests, digest, side) for side in ("left", "right"))
        rows = order[first:last]
        return rows[(self.packed[rows] == wanted).all(1)]

    def _nearest(self, wanted: np.ndarray) -> tuple[int, int]:
        """The first row with the fewest different pixels, and how many they are."""
        bounds = self._bounds(wanted)
        likely = np.flatnonzero(bounds == bounds.min())
        reached = _differences(self.packed[likely[:_CHUNK]], wanted).min()
        near = np.flatnonzero(bounds <= reached)
        distances = np.concatenate(
            [
                _differences(self.packed[near[start : start + _CHUNK]], wanted)
                for start in range(0, len(near), _CHUNK)
            ]
        )
        best = int(distances.argmin())
        return int(near[best]), int(distances[best])

    def _bounds(self, wanted: np.ndarray) -> np.ndarray:
        """(M,) pixels by which each picture differs at the least: Σ_b |lit_b − lit'_b|.

        A block of 8 × 8 pixels of which one picture lights a and the other b differs in |a − b|
        pixels or more. Most blocks of `wanted` are dark, and there the sum is of the areas.
        """
        lit = _blocks(wanted[None])[:, 0]
        bounds = self._areas.copy()
        for block in np.flatnonzero(lit):
            ours = self._lit[block].astype(np.int16)
            bounds += np.abs(ours - np.int16(lit[block])) - ours
        return bounds

    @cached_property
    def _index(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows in the order of their digests, and the digests in that order."""
        digests = np.concatenate([_digest(part) for part in _parts(self.packed)])
        order = np.argsort(digests, kind="stable")
        return order, digests[order]

    @cached_property
    def _lit(self) -> np.ndarray:
        """(64, M) uint8: pixels that are on in each block of each picture."""
        return np.concatenate([_blocks(part) for part in _parts(self.packed)], axis=1)

    @cached_property
    def _areas(self) -> np.ndarray:
        """(M,) int16: pixels that are on in each picture."""
        return self._lit.sum(0, dtype=np.int16)


def open_reader() -> Reader:
    """Of all dSprites, from the packed store."""
    return Reader(open_store(), dsprites.classes_of(np.arange(dsprites.COUNT)))


def _parts(packed: np.ndarray) -> list[np.ndarray]:
    return [packed[start : start + _CHUNK] for start in range(0, len(packed), _CHUNK)]


def _digest(packed: np.ndarray) -> np.ndarray:
    """(N,) uint64: equal for equal pictures, and rarely for others."""
    words = packed.view(np.uint64)  # (N, 64), a row of pixels each
    odd = np.random.default_rng(0).integers(0, 2**64, words.shape[1], dtype=np.uint64) | 1
    return ((words ^ (words >> np.uint64(29))) * odd).sum(1)


def _blocks(packed: np.ndarray) -> np.ndarray:
    """(64, N) uint8: pixels that are on in each block of 8 × 8; a byte is a row of a block."""
    lit = np.bitwise_count(packed).reshape(-1, 8, 8, 8)  # N, block's row, row in it, column
    return np.ascontiguousarray(lit.sum(2, dtype=np.uint8).reshape(-1, 64).T)


def _differences(packed: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """(N,) pixels in which packed pictures differ from a packed one."""
    return np.bitwise_count(packed.view(np.uint64) ^ wanted.view(np.uint64)).sum(1, dtype=np.int64)
