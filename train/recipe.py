"""The recipe of a training run: every number that steers it, checked before anything is built."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace

from causal_explorer.wording import brief

_REAL = {  # settings that need not be whole, and the most each takes
    **dict.fromkeys(("average", "hold", "last_rate", "natural_rate"), 0.999999),  # shares
    "learning_rate": 10.0,
    "clip": 1e6,
    "epochs": 1e9,
}
_SECTIONS = ("rates", "sparsity", "starts")  # of settings by parameter
_FROM_ZERO = ("seed", "split_seed", "average", "hold", "clip")
_LARGEST_BATCH = 65_536
_MOST = 2**53  # whole numbers that a float holds


@dataclass(frozen=True)
class TrainConfig:
    """The recipe; see configs/scm-vae.toml for what each number means.

    A run is as long as `steps`, or where `epochs` are given as so many times the training split.
    """

    seed: int = 0
    split_seed: int = 0
    steps: int = 40_000
    epochs: float | None = None
    batch: int = 256
    learning_rate: float = 0.002
    hold: float = 0.075
    last_rate: float = 0.002
    natural: list[str] = field(default_factory=list)
    natural_rate: float = 0.03
    clip: float = 0.0
    bf16: bool = False
    log_every: int = 100
    validate_every: int = 1_000
    save_every: int = 1_000
    average: float = 0.998
    rates: dict[str, float] = field(default_factory=dict)
    sparsity: dict[str, float] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    warm: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check(setting.name, f"train.{setting.name}", getattr(self, setting.name))

    def share(self, progress: float) -> float:
        """Of the peak rates, at that share of the run: held, then falling exponentially."""
        falling = max(0.0, progress - self.hold) / (1 - self.hold)
        return self.last_rate**falling

    def of_length(self, images: int) -> TrainConfig:
        """With its steps told: epochs · images / batch, where epochs are given.

        Args:
            images: of the training split.
        """
        if self.epochs is None:
            return self
        return replace(self, steps=max(1, math.ceil(self.epochs * images / self.batch)))


def _check(key: str, name: str, value: object) -> None:
    """Refuses a value that the setting of that key does not take."""
    if key in _SECTIONS:
        _require_section(name, value)
    elif key == "warm":
        if not isinstance(value, dict) or not _all_text(value.values()):
            raise ValueError(f"{name} is {brief(value)}: it is a section of checkpoints' names.")
    elif key == "natural":
        if not isinstance(value, list) or not _all_text(value):
            raise ValueError(f"{name} is {brief(value)}: it is a list of names.")
    elif key == "bf16":
        if not isinstance(value, bool):
            raise ValueError(f"{name} is {brief(value)}: it takes true or false.")
    elif key == "epochs" and value is None:
        return
    elif key in _REAL:
        _require(name, value, (int, float), _REAL[key], key in _FROM_ZERO)
    else:
        most = _LARGEST_BATCH if key == "batch" else _MOST
        _require(name, value, (int,), most, key in _FROM_ZERO)


def _all_text(values: object) -> bool:
    return all(isinstance(value, str) for value in values)  # type: ignore[attr-defined]


def _require_section(name: str, value: object) -> None:
    """Refuses anything but settings by parameter, each a number from 0."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} is {brief(value)}: it is a section of settings.")
    for key, scale in value.items():
        most = 1.0 if name == "train.starts" else 1e6
        _require(f"{name}.{key}", scale, (int, float), most, from_zero=True)


def _require(
    name: str, value: object, kinds: tuple[type, ...], most: float, from_zero: bool = False
) -> None:
    """Refuses anything but a number of these kinds, above 0 (or from 0) and up to `most`."""
    number = isinstance(value, kinds) and not isinstance(value, bool)
    least_holds = number and (value >= 0 if from_zero else value > 0)  # type: ignore[operator]
    if not least_holds or not value <= most:  # type: ignore[operator]
        kind = "a number" if float in kinds else "a whole number"
        start = "from 0" if from_zero else "above 0"
        raise ValueError(f"{name} is {brief(value)}: it takes {kind} {start}, {most:,} at most.")
