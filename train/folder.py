"""The folder of a run: nothing in it is written over, and it can be written."""

from __future__ import annotations

import tempfile
from pathlib import Path

STATE, LOG, BOARD = "state.pt", "metrics.jsonl", "tensorboard"
_OWN = (STATE, LOG, BOARD, "loss.html", "plotly.min.js")  # names that no checkpoint may have


def require_free(folder: Path, name: str, resume: bool) -> None:
    """Refuses to write over what is there.

    Args:
        folder: of the run.
        name: of the checkpoint in it.
        resume: whether the run that lies there goes on.

    Raises:
        ValueError: another run or checkpoint lies there, or something that is none.
    """
    target = folder / name
    if name in _OWN:
        raise ValueError(f"A config cannot be called {name}: a run keeps a file of that name.")
    if resume and not (folder / STATE).is_file():
        raise ValueError(f"There is nothing to resume: {folder / STATE} does not exist.")
    if not resume and (folder / STATE).exists():
        raise ValueError(f"{folder} holds a run: --resume continues it; or choose another --out.")
    if target.exists() and not (target / "SHA256SUMS").is_file():
        raise ValueError(f"{target} exists and is no checkpoint: choose another --out.")
    if target.exists() and not resume:
        raise ValueError(f"{target} is a checkpoint already: choose another --out.")


def make(folder: Path) -> None:
    """Makes the folder, if need be.

    Raises:
        OSError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # a file can be written there
    except OSError as error:
        raise OSError(
            f"{folder} cannot be a run's folder: {error.strerror}; choose another --out."
        ) from error
