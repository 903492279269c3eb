"""A training run's config: a TOML file, overrides, and nothing unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from causal_explorer import toml
from causal_explorer.wording import brief, listed, nearest, reason
from train.overrides import override
from train.recipe import TrainConfig

CONFIGS = Path(__file__).parent / "configs"
_KEYS = ("model", "data", "network", "train")


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


def read_config(name: str, overrides: Sequence[str] = ()) -> RunConfig:
    """Reads configs/<name>.toml, or a TOML file by path, and applies `key=value` overrides.

    Raises:
        ValueError: unknown config, key or section, a value of a wrong type, a malformed
            override, or a length both in steps and in epochs.
    """
    path = _found(name)
    content = _read(path)
    override(content, overrides)
    recipe = [setting.name for setting in fields(TrainConfig)]
    _only(content, _KEYS, str(path), [*_KEYS, *(f"train.{name}" for name in recipe)])
    train = _section(content, "train")
    _only(train, recipe, f"[train] of {path}", recipe)
    if {"steps", "epochs"} <= train.keys():
        raise ValueError(f"{path} has both steps and epochs: a run takes one of the two.")
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


def _found(name: str) -> Path:
    """The file of a config."""
    for path in (CONFIGS / f"{name}.toml", Path(name)):
        try:
            if path.is_file():
                return path
        except OSError:  # a name that no file can have, or a folder that may not be looked into
            continue
    known = sorted(path.stem for path in CONFIGS.glob("*.toml"))
    raise ValueError(
        f"There is no config {brief(name)}: it takes a TOML file or one of {', '.join(known)}"
        f"{nearest(name, known)}."
    )


def _read(path: Path) -> dict:
    try:
        return toml.load(path, toml.CONFIG)
    except (OSError, ValueError) as error:
        raise ValueError(f"The config {path} cannot be read: {reason(error)}.") from error


def _section(content: Mapping, name: str) -> dict[str, object]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise ValueError(f"{name} is {brief(section)}: it is a section of settings.")
    return section


def _only(content: Mapping, known: Sequence[str], where: str, near: Sequence[str]) -> None:
    """Refuses an unknown key, and names the nearest.

    Args:
        content: whose keys are looked at.
        known: keys that it takes.
        where: it stands.
        near: keys that may have been meant, as --set takes them.
    """
    unknown = sorted(set(content) - set(known))
    if unknown:
        raise ValueError(
            f"{where} has the unknown key {listed(unknown)}: it takes "
            f"{', '.join(sorted(known))}{nearest(unknown[0], near)}."
        )
