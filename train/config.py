"""A training run's config: a TOML file, overrides, and nothing unknown."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class TrainConfig:
    """The recipe; see configs/scm-vae.toml for what each number means."""

    seed: int = 0
    split_seed: int = 0
    steps: int = 30_000
    batch: int = 256
    learning_rate: float = 0.01
    log_every: int = 100
    validate_every: int = 2_000
    save_every: int = 2_000
    rates: dict[str, float] = field(default_factory=dict)
    decay: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if setting.name not in ("seed", "split_seed", "rates", "decay"):
                _require_positive(f"train.{setting.name}", value)
        for section in ("rates", "decay"):
            for name, value in getattr(self, section).items():
                _require_positive(f"train.{section}.{name}", value)


@dataclass(frozen=True)
class RunConfig:
    """What is trained, on what, and how.

    Attributes:
        id: of config, run and checkpoint.
        model: a key of the library's models.
        data: a key of the library's data sets.
        network: fields of the model's config; the model checks them.
        train: the recipe.
    """

    id: str
    model: str
    data: str
    network: dict[str, object]
    train: TrainConfig

    def as_dict(self) -> dict[str, object]:
        """What a checkpoint's config.json holds."""
        settings = asdict(self)
        del settings["id"]
        return settings


def read_config(name: str, overrides: list[str] | None = None) -> RunConfig:
    """Reads configs/<name>.toml, or a TOML file by path, and applies `key=value` overrides.

    Raises:
        ValueError: unknown config, key or section, a value of a wrong type, or a malformed
            override.
    """
    path = next((p for p in (CONFIGS / f"{name}.toml", Path(name)) if p.is_file()), None)
    if path is None:
        known = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
        raise ValueError(f"There is no config {name!r}: it takes a TOML file or one of {known}.")
    try:
        content = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not TOML: {error}.") from error
    for override in overrides or []:
        _override(content, override)
    _only(content, {"model", "data", "network", "train"}, str(path))
    train = _section(content, "train")
    _only(train, {f.name for f in fields(TrainConfig)}, f"[train] of {path}")
    _typed(train)
    missing = [key for key in ("model", "data") if key not in content]
    if missing:
        raise ValueError(f"{path} lacks {' and '.join(missing)}.")
    return RunConfig(
        id=path.stem,
        model=str(content["model"]),
        data=str(content["data"]),
        network=_section(content, "network"),
        train=TrainConfig(**train),  # type: ignore[arg-type]
    )


def _override(content: dict, override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals:
        raise ValueError(f"--set {override!r} is not of the form key=value.")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value  # a bare word is a string
    *sections, last = key.strip().split(".")
    for section in sections:
        content = content.setdefault(section, {})
        if not isinstance(content, dict):
            raise ValueError(f"--set {override!r}: {section} is not a section.")
    content[last] = parsed


def _section(content: Mapping, name: str) -> dict[str, object]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise ValueError(f"{name} is {section!r}: it is a section of settings.")
    return section


def _only(content: Mapping, known: set[str], where: str) -> None:
    unknown = sorted(set(content) - known)
    if unknown:
        raise ValueError(
            f"{where} has the unknown key {', '.join(unknown)}: "
            f"it takes {', '.join(sorted(known))}."
        )


def _require_positive(name: str, value: object) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 < value < math.inf:  # type: ignore[operator]
        raise ValueError(f"{name} is {value!r}: it must be above 0 and finite.")


def _typed(train: dict[str, object]) -> None:
    kinds = {"rates": (dict,), "decay": (dict,), "learning_rate": (int, float)}
    for name, value in train.items():
        wanted = kinds.get(name, (int,))
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise ValueError(f"train.{name} is {value!r}: it takes {wanted[-1].__name__}.")
