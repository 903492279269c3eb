"""The file that TensorBoard reads: points of curves and pictures, written at once.

TensorBoard's own writer has a thread, in which an error ends as a traceback.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event, SessionLog  # type: ignore[attr-defined]
from tensorboard.summary.writer.record_writer import RecordWriter
from torch import Tensor
from torch.utils.tensorboard import summary

_FORMAT = "brain.Event:2"  # of the file, which readers ask for


class EventLog:
    """One file for the whole run, also for one that goes on.

    TensorBoard's readers disagree on what a later file takes back of an earlier one: with 2.21
    its reader in Python drops what is after `purge_step`, and the data server that it starts by
    default drops a point only once the same curve has another. So there is no earlier file.
    """

    def __init__(self, where: Path, step: int) -> None:
        """Begins the file with the points up to `step` of those that lie there.

        A TensorBoard that is open meanwhile forgets the others with the next point of their curve.

        Raises:
            OSError: it cannot be written; the earlier files stay.
        """
        earlier = sorted(where.glob("events.out.tfevents.*"))
        self._file = (where / f"events.out.tfevents.{time.time_ns()}").open("xb")
        self._records = RecordWriter(self._file)
        self._add(Event(file_version=_FORMAT, wall_time=time.time()))
        # For a reader that is open already: all that it has seen is to be read anew.
        self._add(Event(session_log=SessionLog(status=SessionLog.START), wall_time=time.time()))
        for event in _until(step, earlier):
            self._add(event)
        self._file.flush()
        for path in earlier:  # emptied, not removed: an open reader would wait for it for ever
            os.truncate(path, 0)

    def scalar(self, step: int, name: str, value: float) -> None:
        """Adds a point to a curve."""
        self._summary(step, summary.scalar(name, value))

    def image(self, step: int, name: str, x: Tensor) -> None:
        """Adds a picture, (H, W) of 0 to 1."""
        self._summary(step, summary.image(name, x, dataformats="HW"))

    def flush(self) -> None:
        """Shows what was added."""
        self._file.flush()

    def close(self) -> None:
        """Ends the file."""
        self._file.close()

    def _summary(self, step: int, content: Any) -> None:
        self._add(Event(wall_time=time.time(), step=step, summary=content))

    def _add(self, event: Any) -> None:
        self._records.write(event.SerializeToString())


def _until(step: int, files: list[Path]) -> Iterator[Any]:
    """The points up to that step; of a file that was cut short, those before."""
    for path in files:
        for event in LegacyEventFileLoader(str(path)).Load():
            if event.HasField("summary") and event.step <= step:
                yield event
