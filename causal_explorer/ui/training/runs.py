"""Training runs as they lie on disk: the shipped ones, and the user's own under runs/."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causal_explorer.checkpoint import find, kept, shipped, shipped_mechanisms

OWN = Path("runs")  # of the working directory: where `python -m train` writes
LOG = "metrics.jsonl"  # of a run, one line each interval; a checkpoint keeps it as history.jsonl
DIRTY = ("-dirty", ", with changes not committed")  # of a commit: as it is kept, and as it is said
_CARD = 20_000  # bytes that are read of a card; one that `train` writes has about 1,000
_NEEDED = {"step", "images", "seconds", "train_loss"}
Line = dict[str, float]


@dataclass(frozen=True)
class Run:
    """What is known of a training run, finished or not.

    Attributes:
        name: of a shipped checkpoint, or the run's folder.
        lines: of its log, in order; losses in nats an image, of training without what validation
            took in seconds.
        note: one sentence on what of the log could not be read; empty if all could.
        config: of its last save; empty where there is none, like all that follows.
        metrics: measured at its last save.
        card: of its last save, Markdown.
    """

    name: str
    lines: tuple[Line, ...]
    note: str
    config: dict[str, Any]
    metrics: dict[str, Any]
    card: str

    @property
    def looks(self) -> tuple[Line, ...]:
        """The lines at which the validation loss was measured."""
        return tuple(line for line in self.lines if "validation_loss" in line)

    @property
    def held_out(self) -> tuple[str, dict[str, Any]]:
        """The split that the last save was measured on, and the figures; "" if there are none."""
        for split in ("test", "validation"):  # "validation": a save on the way
            if isinstance(self.metrics.get(split), dict):
                return split, self.metrics[split]
        return "", {}


def own_names() -> list[str]:
    """The folders under runs/ that hold a log."""
    return sorted(log.parent.as_posix() for log in OWN.rglob(LOG) if log.is_file())


def names() -> list[str]:
    """All runs: the shipped image models, what else is shipped, the user's own."""
    images = shipped_mechanisms()
    return [*images, *(name for name in shipped() if name not in images), *own_names()]


def read(name: str) -> Run:
    """A run by one of the `names`; whatever is damaged in it is left out."""
    if name in shipped():
        folder = find(name)
        log = folder / "history.jsonl"
    else:
        log = Path(name) / LOG
        saves = sorted(Path(name).glob("*/SHA256SUMS"))
        folder = saves[0].parent if saves else Path(name)
    lines, note = _lines(log)
    return Run(
        name=name,
        lines=lines,
        note=note,
        config=kept(folder, "config.json") or {},
        metrics=kept(folder, "metrics.json") or {},
        card=_card(folder / "card.md"),
    )


def _lines(log: Path) -> tuple[tuple[Line, ...], str]:
    """The good lines of a log, and a sentence on the others."""
    try:
        written = [text for text in log.read_bytes().split(b"\n") if text.strip()]
    except OSError as error:
        return (), f"{log} cannot be read: {error.strerror}."
    found = [line for line in map(_line, written) if line]
    skipped = len(written) - len(found)
    if skipped:
        lines = "1 line" if skipped == 1 else f"{skipped:,} lines"
        return tuple(found), f"{log}: {lines}, damaged or half-written, left out."
    return tuple(found), ("" if found else f"{log} is still empty.")


def _line(written: bytes) -> Line | None:
    """The numbers of one line; None where it is no line of a log."""
    try:
        content = json.loads(written)
        numbers = {k: float(v) for k, v in content.items() if isinstance(v, int | float)}
    except (ValueError, RecursionError, AttributeError, OverflowError):
        return None  # no JSON, no object, or a number that no float holds
    line = {key: number for key, number in numbers.items() if math.isfinite(number)}
    if not line.keys() >= _NEEDED:
        return None
    if line.keys() >= {"image_nats", "kl_nats"}:  # older logs hold the ELBO by its terms alone
        line.setdefault("validation_loss", line["image_nats"] + line["kl_nats"])
    return line


def _card(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_CARD).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""
