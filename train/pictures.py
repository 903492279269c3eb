"""Batches of pictures from the packed store, resident as bits where the model is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data import dsprites
from causal_explorer.data.raster import SIZE
from causal_explorer.data.store import open_store


class Pictures:
    """All of dSprites at 1 bit a pixel (377 MB) on one device; batches are unpacked there."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.bits = torch.from_numpy(np.array(open_store())).to(device)  # (737280, 512)
        self._shifts = torch.arange(7, -1, -1, dtype=torch.uint8, device=device)
        self._dimensions = dsprites.DIMENSIONS

    def __call__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(N,) rows on the CPU to (N, 5) int64 classes and (N, 64, 64) uint8 pictures."""
        v = torch.stack(torch.unravel_index(rows, self._dimensions), dim=1).to(self.device)
        packed = self.bits[rows.to(self.device)]
        x = (packed[:, :, None] >> self._shifts) & 1
        return v, x.view(-1, SIZE, SIZE)

    def batches(self, rows: np.ndarray, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """All of the rows in order, a batch at a time."""
        for start in range(0, len(rows), size):
            yield self(torch.from_numpy(rows[start : start + size]))
