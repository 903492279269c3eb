"""The log of a training run, as it lies on disk: whatever is damaged or odd in it is left out.

Runs may be unfinished, copied by hand or made by others; none of them may be in the way of another.
"""

from __future__ import annotations

import json
from pathlib import Path

from causal_explorer.text import unmarked
from causal_explorer.wording import reason

LOG = "metrics.jsonl"  # of a run, one line each interval; a checkpoint keeps it as history.jsonl
_NEEDED = {"step", "images", "seconds", "train_loss"}
_COUNTED = ("step", "images", "seconds")  # never below 0
_MOST = 1e15  # of any number: what no run has, and no chart draws
_LARGEST = 64 * 1024 * 1024  # bytes of a log; a long run's has some hundred thousand
Line = dict[str, float]


def logged(root: Path) -> list[str]:
    """The folders below one that hold a log, by names that can be shown."""
    found = []
    try:
        for log in root.rglob(LOG):
            name = log.parent.as_posix()
            if name.isprintable() and log.is_file():
                found.append(name)
    except OSError:  # a folder that may not be read: what was found until then is told
        pass
    return sorted(found)


def read_log(log: Path) -> tuple[tuple[Line, ...], str]:
    """The good lines of a log, and one sentence on the others; empty if there are none."""
    try:
        if log.stat().st_size > _LARGEST:
            return (), f"{log} has more than {_LARGEST:,} bytes, and is left out."
        written = [text for text in log.read_bytes().split(b"\n") if text.strip()]
    except OSError as error:
        return (), f"{log} cannot be read: {reason(error)}."
    found = [line for line in map(_line, written) if line]
    skipped = len(written) - len(found)
    if skipped:
        lines = "1 line" if skipped == 1 else f"{skipped:,} lines"
        return tuple(found), f"{log}: {lines}, damaged or half-written, left out."
    return tuple(found), ("" if found else f"{log} is still empty.")


def _line(written: bytes) -> Line | None:
    """The numbers of one line; None where it is no line of a log."""
    try:
        content = json.loads(unmarked(written.decode()))
        numbers = {k: float(v) for k, v in content.items() if type(v) in (int, float)}
    except (ValueError, RecursionError, AttributeError, OverflowError):
        return None  # no JSON, no object, or a number that no float holds
    line = {key: number for key, number in numbers.items() if abs(number) <= _MOST}  # no NaN either
    if not line.keys() >= _NEEDED or min(line[key] for key in _COUNTED) < 0:
        return None
    if line.keys() >= {"image_nats", "kl_nats"}:  # older logs hold the ELBO by its terms alone
        line.setdefault("validation_loss", line["image_nats"] + line["kl_nats"])
    return line
