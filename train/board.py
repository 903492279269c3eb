"""TensorBoard's view of a run: scalars and pictures, where TensorBoard is installed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from train.folder import BOARD

try:
    from train.event_log import EventLog
except ImportError:  # it is for people who watch: a run needs none of it
    EventLog = None  # type: ignore[assignment, misc]


class Board:
    """Writes to <folder>/tensorboard; `tensorboard --logdir runs` shows it."""

    def __init__(self, folder: Path, step: int) -> None:
        """Opens the log; of what an earlier, interrupted run wrote, what is after `step` is gone.

        Raises:
            OSError: it cannot be written.
        """
        self._log = None
        if EventLog:
            (folder / BOARD).mkdir(exist_ok=True)
            self._log = EventLog(folder / BOARD, step)

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Adds a point to each curve."""
        if self._log:
            for name, value in values.items():
                self._log.scalar(step, name, value)
            self._log.flush()

    def pictures(self, step: int, x: Tensor, mean: Tensor) -> None:
        """Adds a sheet: pictures above, their reconstructions, and the errors below.

        Args:
            step: of the run.
            x: (N, 64, 64) of 0 and 1.
            mean: (N, 64, 64) probabilities.
        """
        if self._log:
            rows = [x.to(mean), mean, (x - mean).abs()]
            sheet = torch.cat([torch.cat(list(row), dim=1) for row in rows])
            self._log.image(step, "reconstructions", sheet.cpu())
            self._log.flush()

    def close(self) -> None:
        """Ends the log."""
        if self._log:
            self._log.close()
