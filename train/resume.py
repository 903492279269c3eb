"""What may change when a run goes on, and what that means for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from causal_explorer.wording import brief

_LENGTH = ("train.steps", "train.epochs")
_FREE = {  # how long, how often and how fast; all else makes it another run
    *_LENGTH,
    *("train.log_every", "train.validate_every", "train.save_every"),
    *("train.learning_rate", "train.hold", "train.last_rate", "train.natural_rate", "train.clip"),
}
_MOST = 3  # settings that a refusal names
Change = tuple[str, object, object]  # key, as it was, as it is


def changes(
    saved: Mapping[str, object], config: Mapping[str, object], step: int, path: Path
) -> list[str]:
    """What is another setting than when the run was saved: "train.steps was 20 and is 40".

    Args:
        saved: config of the save.
        config: that it goes on under; its steps are told.
        step: that the save stands at.
        path: of the save.

    Raises:
        ValueError: a setting that makes it another run, or fewer steps than there were.
    """
    was, now = dict(_flat(saved)), dict(_flat(config))
    found = [(k, was.get(k), now.get(k)) for k in {**was, **now} if was.get(k) != now.get(k)]
    if others := [change for change in found if change[0] not in _FREE]:
        more = f" and {len(others) - _MOST} more" if len(others) > _MOST else ""
        told = ", ".join(map(_told, others[:_MOST]))
        raise ValueError(
            f"{path} was saved under another config: {told}{more}; resume with the same config "
            "and --set, or start anew in another folder."
        )
    if isinstance(steps := now.get("train.steps"), int) and steps < step:
        raise ValueError(
            f"{path} stands at step {step:,}, past the {steps:,} steps that are asked for: "
            "set train.steps higher."
        )
    idle = [_told(change) for change in found if change[0] not in _LENGTH]
    if idle and now.get("train.steps") == step:
        raise ValueError(
            f"{path} stands at step {step:,}, where the run ends, so that nothing would come of "
            f"{idle[0]}: set train.steps higher, too."
        )
    return [_told(change) for change in found if change[0] != "train.epochs"]


def _told(change: Change) -> str:
    key, was, now = change
    return f"{key} was {_value(was)} and is {_value(now)}"


def _value(value: object) -> str:
    return "not set" if value is None else brief(value)


def _flat(config: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Every setting by its key as --set takes it."""
    for name, value in config.items():
        key = f"{above}{name}"
        if key == "data" and isinstance(value, str):
            value = {"name": value}
        if isinstance(value, Mapping):
            yield from _flat(value, f"{key}.")
        else:
            yield key, list(value) if isinstance(value, tuple) else value
