"""Where a checkpoint comes from: what is recorded when it is trained, and cannot be told later."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyro
import torch

_ROOT = Path(__file__).resolve().parents[1]
DIRTY = "-dirty"  # of a commit: the working tree had changes


def versions() -> str:
    """Of what the training runs on."""
    python = platform.python_version()
    return f"Python {python}, torch {torch.__version__}, pyro {pyro.__version__}"


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


@dataclass(frozen=True)
class Origin:
    """What metrics.json keeps beside the figures.

    Attributes:
        command: that trains it.
        commit: of the code that trained it.
        device: it was trained on, by its maker's name.
        processes: that trained together.
        step: at which it stands.
        seconds: of training until then.
        epochs: how often it has seen as many pictures as its training split has.
        changes: of its settings while it was trained, in words.
        date: of its last save, UTC.
        versions: of what it was trained on.
    """

    command: str
    commit: str
    device: str
    processes: int
    step: int
    seconds: float
    epochs: float
    changes: list[str]
    date: str = field(default_factory=_today)
    versions: str = field(default_factory=versions)


def device_name(device: torch.device) -> str:
    """The device as its maker calls it."""
    if device.type == "cuda":
        return f"CUDA, {torch.cuda.get_device_name(device)}"
    return f"CPU, {torch.get_num_threads()} threads"


def commit() -> str:
    """The commit of the working tree, marked where it has uncommitted changes."""
    try:
        if Path(_git("rev-parse", "--show-toplevel")).resolve() != _ROOT:
            return "unknown"  # installed inside somebody else's repository
        return _git("describe", "--always", "--abbrev=12", "--dirty")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    command = ["git", "-C", str(_ROOT), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def warnings(commit: str) -> list[str]:
    """What the card of a run of that commit will not be able to say."""
    if commit.endswith(DIRTY):
        return [
            "The working tree has changes that are in no commit: the card will say so. "
            "Commit them first for a checkpoint that can be trained again."
        ]
    if commit == "unknown":
        return ["This is no git checkout: the card will not know the code that trained it."]
    return []
