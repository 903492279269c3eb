"""TensorBoard's view of a run: scalars and pictures, where TensorBoard is installed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

try:
    from torch.utils.tensorboard import SummaryWriter
except ImportError:  # it is for people who watch: a run needs none of it
    SummaryWriter = None  # type: ignore[assignment, misc]


class Board:
    """Writes to <folder>/tensorboard; `tensorboard --logdir runs` shows it."""

    def __init__(self, folder: Path, step: int) -> None:
        """Opens the log; what an earlier, interrupted run wrote after `step` is dropped."""
        where = str(folder / "tensorboard")
        self._writer = SummaryWriter(where, purge_step=step + 1) if SummaryWriter else None

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Adds a point to each curve."""
        if self._writer:
            for name, value in values.items():
                self._writer.add_scalar(name, value, step)

    def pictures(self, step: int, x: Tensor, mean: Tensor) -> None:
        """Adds a sheet: pictures above, their reconstructions, and the errors below.

        Args:
            step: of the run.
            x: (N, 64, 64) of 0 and 1.
            mean: (N, 64, 64) probabilities.
        """
        if self._writer:
            rows = [x.to(mean), mean, (x - mean).abs()]
            sheet = torch.cat([torch.cat(list(row), dim=1) for row in rows])
            self._writer.add_image("reconstructions", sheet.cpu(), step, dataformats="HW")
            self._writer.flush()

    def close(self) -> None:
        """Writes what is left."""
        if self._writer:
            self._writer.close()
