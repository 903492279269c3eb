"""A training run's config: a TOML file, overrides, and nothing unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from causal_explorer import toml
from causal_explorer.wording import brief, first_line, reason

CONFIGS = Path(__file__).parent / "configs"
_REAL = {  # settings that need not be whole, and the most each takes
    **dict.fromkeys(("average", "hold", "last_rate", "natural_rate"), 0.999999),  # shares
    "learning_rate": 10.0,
    "clip": 1e6,
}
_SECTIONS = ("rates", "sparsity", "starts")  # of settings by parameter
_FROM_ZERO = ("seed", "split_seed", "average", "hold", "clip")


@dataclass(frozen=True)
class TrainConfig:
    """The recipe; see configs/scm-vae.toml for what each number means."""

    seed: int = 0
    split_seed: int = 0
    steps: int = 40_000
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
            value, name = getattr(self, setting.name), f"train.{setting.name}"
            if setting.name in _SECTIONS:
                _require_section(name, value)
            elif setting.name == "warm":
                if not isinstance(value, dict) or not all(map(_is_text, value.values())):
                    raise ValueError(
                        f"{name} is {brief(value)}: it is a section of checkpoints' names."
                    )
            elif setting.name == "natural":
                if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                    raise ValueError(f"{name} is {brief(value)}: it is a list of names.")
            elif setting.name == "bf16":
                if not isinstance(value, bool):
                    raise ValueError(f"{name} is {brief(value)}: it takes true or false.")
            elif setting.name in _REAL:
                most = _REAL[setting.name]
                _require(name, value, (int, float), most, setting.name in _FROM_ZERO)
            else:
                most = 65_536 if setting.name == "batch" else 2**53
                _require(name, value, (int,), most, setting.name in _FROM_ZERO)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _require_section(name: str, value: object) -> None:
    """Refuses anything but settings by parameter, each a number from 0."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} is {brief(value)}: it is a section of settings.")
    for key, scale in value.items():
        most = 1.0 if name == "train.starts" else 1e6
        _require(f"{name}.{key}", scale, (int, float), most, from_zero=True)


@dataclass(frozen=True)
class RunConfig:
    """What is trained, on what, and how.

    Attributes:
        id: of config, run and checkpoint.
        model: a key of the library's models.
        data: a key of the library's data sets, or {"name": …} with its settings.
        network: fields of the model's config; the model checks them.
        train: the recipe.
    """

    id: str
    model: str
    data: str | dict[str, object]
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
        raise ValueError(
            f"There is no config {brief(name)}: it takes a TOML file or one of {known}."
        )
    try:
        content = toml.load(path, toml.CONFIG)
    except (OSError, ValueError) as error:
        raise ValueError(f"The config {path} cannot be read: {reason(error)}.") from error
    for override in overrides or []:
        _override(content, override)
    _only(content, {"model", "data", "network", "train"}, str(path))
    train = _section(content, "train")
    _only(train, {f.name for f in fields(TrainConfig)}, f"[train] of {path}")
    missing = [key for key in ("model", "data") if key not in content]
    if missing:
        raise ValueError(f"{path} lacks {' and '.join(missing)}.")
    return RunConfig(
        id=path.stem,
        model=str(content["model"]),
        data=content["data"],
        network=_section(content, "network"),
        train=TrainConfig(**train),  # type: ignore[arg-type]
    )


def _override(content: dict, override: str) -> None:
    """Merges one key=value, read as TOML; a bare word is a string."""
    key, equals, value = override.partition("=")
    if not equals or "\n" in override:
        raise ValueError(f"--set {brief(override)} is not of the form key=value.")
    try:
        parsed = toml.loads(override)
    except ValueError:
        try:
            parsed = toml.loads(f"{key}= {json.dumps(value.strip())}")
        except ValueError as error:
            raise ValueError(f"--set {brief(override)}: {first_line(error)}.") from error
    _merge(content, parsed, override)


def _merge(content: dict, parsed: Mapping, override: str) -> None:
    for key, value in parsed.items():
        if isinstance(value, Mapping) and isinstance(content.setdefault(key, {}), dict):
            _merge(content[key], value, override)
        elif isinstance(value, Mapping):
            raise ValueError(f"--set {brief(override)}: {key} is not a section.")
        else:
            content[key] = value


def _section(content: Mapping, name: str) -> dict[str, object]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise ValueError(f"{name} is {brief(section)}: it is a section of settings.")
    return section


def _only(content: Mapping, known: set[str], where: str) -> None:
    unknown = sorted(set(content) - known)
    if unknown:
        raise ValueError(
            f"{where} has the unknown key {', '.join(unknown)}: "
            f"it takes {', '.join(sorted(known))}."
        )


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
