"""Training runs as they lie on disk: the shipped ones, and the user's own under runs/."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causal_explorer.checkpoint import find, kept, shipped, shipped_mechanisms
from causal_explorer.run_log import LOG, Line, logged, read_log
from causal_explorer.text import unmarked

OWN = Path("runs")  # of the working directory: where `python -m train` writes
DIRTY = ("-dirty", ", with changes not committed")  # of a commit: as it is kept, and as it is said
_CARD = 20_000  # bytes that are read of a card; one that `train` writes has about 1,000


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
    """The folders under runs/ that hold a log, by names that can be shown."""
    return logged(OWN)


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
    lines, note = read_log(log)
    return Run(
        name=name,
        lines=lines,
        note=note,
        config=kept(folder, "config.json") or {},
        metrics=kept(folder, "metrics.json") or {},
        card=_card(folder / "card.md"),
    )


def _card(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return unmarked(file.read(_CARD).decode(errors="replace"))
    except OSError:
        return ""
