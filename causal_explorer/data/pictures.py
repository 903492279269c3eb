"""Pictures that models learn from, resident where the model is, dealt out in batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data import dsprites, splits
from causal_explorer.data.raster import SIZE
from causal_explorer.data.splits import Split
from causal_explorer.data.store import open_store


class Pictures(ABC):
    """Units of a data set with their pictures, on one device."""

    @abstractmethod
    def rows(self, split: Split, seed: int = 0) -> np.ndarray:
        """(M,) int64 rows of a split, ascending."""

    @abstractmethod
    def __call__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(N,) rows on the CPU to (N, V) labels and (N, …) pictures."""

    def batches(self, rows: np.ndarray, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """All of the rows in order, a batch at a time."""
        for start in range(0, len(rows), size):
            yield self(torch.from_numpy(rows[start : start + size]))


class PackedPictures(Pictures):
    """Pictures at 1 bit a pixel; batches are unpacked on the device.

    Attributes:
        bits: (N, 512) uint8, as of `numpy.packbits`.
    """

    def __init__(self, bits: Tensor) -> None:
        self.bits = bits
        self._shifts = torch.arange(7, -1, -1, dtype=torch.uint8, device=bits.device)

    def unpack(self, rows: Tensor) -> Tensor:
        """(N,) rows on the device to (N, 64, 64) uint8 of 0 and 1."""
        x = (self.bits[rows][:, :, None] >> self._shifts) & 1
        return x.view(-1, SIZE, SIZE)


class DSpritesPictures(PackedPictures):
    """All of dSprites at 1 bit a pixel, 377 MB."""

    def __init__(self, device: torch.device) -> None:
        super().__init__(torch.from_numpy(np.array(open_store())).to(device))
        self.device = device
        self._dimensions = dsprites.DIMENSIONS

    def rows(self, split: Split, seed: int = 0) -> np.ndarray:
        return splits.rows(split, seed)

    def __call__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(N,) rows to (N, 5) int64 classes and (N, 64, 64) uint8 pictures of 0 and 1."""
        v = torch.stack(torch.unravel_index(rows, self._dimensions), dim=1).to(self.device)
        return v, self.unpack(rows.to(self.device))


class DrawnPictures(Pictures):
    """Units that were drawn from a structural causal model, and rendered.

    Colour pictures, uint8 of 0 to 255 with channels last, become float32 of 0 to 1 with
    channels first, as convolutions take them.

    Attributes:
        v: (N, V) labels, float32 or int64.
        x: (N, …) uint8 pictures.
        hidden: (N, H) what no label names, for whoever checks against the truth.
    """

    def __init__(
        self,
        v: np.ndarray,
        x: np.ndarray,
        device: torch.device,
        hidden: np.ndarray | None = None,
        split: np.ndarray | None = None,
    ) -> None:
        """Takes the units over.

        Args:
            v: (N, V) labels.
            x: (N, …) uint8 pictures, or floats where they are no pictures.
            device: where they are to lie.
            hidden: (N, H).
            split: (N,) numbers in [0, 1): below 0.1 test, below 0.2 validation; left out, a lot
                that the split's seed draws.
        """
        self.v, self.x = torch.from_numpy(v).to(device), torch.from_numpy(x).to(device)
        self.hidden = np.zeros((len(v), 0), np.float32) if hidden is None else hidden
        self._split = split

    def rows(self, split: Split, seed: int = 0) -> np.ndarray:
        return split_rows(len(self.v), split, seed, self._split)

    def __call__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        own = rows.to(self.v.device)
        return self.v[own], as_floats(self.x[own])


def split_rows(
    count: int, split: Split, seed: int = 0, lots: np.ndarray | None = None
) -> np.ndarray:
    """(M,) rows of a split of `count` units, by their (N,) lots or else by those of the seed.

    Raises:
        ValueError: as `splits.members`.
    """
    drawn = np.random.default_rng(seed).random(count) if lots is None else lots
    return splits.members(drawn, split)


def as_floats(x: Tensor) -> Tensor:
    """(N, H, W, C) uint8 of 0 to 255 to (N, C, H, W) float32 of 0 to 1; all else as it is."""
    if x.ndim == 4 and x.dtype == torch.uint8:
        return x.permute(0, 3, 1, 2).float() / 255
    return x
