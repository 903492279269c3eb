"""A checkpoint is a folder: weights, config, metrics, history, card and their checksums.

model.safetensors   weights, never pickled
config.json         data set, model, network sizes, and the training recipe
metrics.json        where it comes from, and the final test of the run that trained it
history.jsonl       the loss curve, a line each interval
card.md             who trained it on what, for people
SHA256SUMS          of all of the above; `sha256sum -c SHA256SUMS` checks it too
study.json          measured later, by benchmarks: the one source of all figures that are shown
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import nn

from causal_explorer.data.dataset import Dataset, dataset_named
from causal_explorer.models.base import Model
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.registry import MODELS, build, model_named
from causal_explorer.sealed import SUMS, contents, seal, verified
from causal_explorer.strict_json import parse_object, plain
from causal_explorer.text import unmarked
from causal_explorer.undisturbed import undisturbed
from causal_explorer.weights import require_finite, with_weights
from causal_explorer.whole import write_whole
from causal_explorer.wording import brief, first_line, listed, reason

_INSTALLED = Path(__file__).resolve().parent / "checkpoints"  # where setup.py puts them
SHIPPED = _INSTALLED if _INSTALLED.is_dir() else _INSTALLED.parents[1] / "checkpoints"
_FILES = ("model.safetensors", "config.json", "metrics.json", "history.jsonl", "card.md")
_CONFIG_KEYS = {"data", "model", "network", "train"}
M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class Checkpoint(Generic[M]):
    """A trained model with what is known of it.

    Attributes:
        id: the folder's name.
        model: in evaluation mode, on the CPU.
        dataset: that the model is about.
        config: as trained.
        metrics: on held-out combinations.
        card: Markdown.
        folder: that it was read from; None where it never was in one.
    """

    id: str
    model: M = field(repr=False)
    dataset: Dataset
    config: dict[str, Any] = field(repr=False)
    metrics: dict[str, Any] = field(repr=False)
    card: str = field(repr=False)
    folder: Path | None = None

    @property
    def split_seed(self) -> int:
        """Of the split into training, validation and held-out units that it was trained on."""
        return self.config["train"]["split_seed"]


def shipped() -> list[str]:
    """The names of the checkpoints that come with the project."""
    return sorted(sums.parent.name for sums in SHIPPED.glob(f"*/{SUMS}"))


def shipped_mechanisms() -> list[str]:
    """The names of those that paint dSprites: the image models of the sprites' own pages."""
    return _painting({"dsprites"})


def shipped_sprites() -> list[str]:
    """The names of those that paint sprites, with a style that no label names or without."""
    return _painting({"dsprites", "styled-sprites"})


def shipped_models() -> list[str]:
    """The names of those that can be asked anything: all but what serves others."""
    return [name for name, model in _shipped().items() if model.tells]


def study(name: str | Path) -> dict[str, Any] | None:
    """What was measured of a checkpoint once it was trained: "metrics", "series", "check".

    A benchmark keeps it with --save; None if there is nothing.

    Raises:
        ValueError: there is no such checkpoint.
    """
    return kept(find(name), "study.json")


def write_study(name: str | Path, study: Mapping[str, Any]) -> Path:
    """Writes what was measured of a checkpoint: the one writer of studies.

    Raises:
        ValueError: there is no such checkpoint, or a number that JSON does not have.
        OSError: the folder cannot be written; an older study stays as it was.
    """
    text = json.dumps(study, indent=1, allow_nan=False) + "\n"
    return write_whole(find(name) / "study.json", text.encode())


def _painting(data: set[str]) -> list[str]:
    """The image models of some data sets."""
    configs = {name: kept(SHIPPED / name, "config.json") or {} for name in _of_kind(ImageMechanism)}
    return [name for name, config in configs.items() if config["data"] in data]


def _of_kind(kind: type[nn.Module]) -> list[str]:
    return [name for name, model in _shipped().items() if issubclass(model, kind)]


def _shipped() -> dict[str, type[Model]]:
    """The kind of network of each shipped checkpoint."""
    configs = {name: kept(SHIPPED / name, "config.json") or {} for name in shipped()}
    return {name: MODELS[c["model"]][0] for name, c in configs.items() if c.get("model") in MODELS}


def find(name: str | Path) -> Path:
    """The folder of a checkpoint, by name under checkpoints/ or by path.

    Raises:
        ValueError: there is none.
    """
    folders = (SHIPPED / name, Path(name)) if isinstance(name, (str, Path)) else ()
    for folder in folders:
        with contextlib.suppress(OSError, ValueError):  # a name that no file can have
            if (folder / SUMS).is_file():
                return folder
    raise ValueError(
        f"There is no checkpoint {brief(str(name))}: it takes a folder with a SHA256SUMS file, "
        f"or one of {', '.join(shipped()) or 'none shipped'}."
    )


@undisturbed
def read(name: str | Path, kind: type[M] = ImageMechanism) -> Checkpoint[M]:
    """Loads a checkpoint without unpickling anything.

    Args:
        name: as `find` takes it.
        kind: of network that is wanted.

    Raises:
        ValueError: unknown checkpoint; a missing or altered file; an unknown key; weights
            of a wrong name, shape or type; another kind of network.
    """
    folder = find(name)
    files = verified(folder, _FILES)
    path = folder / "config.json"
    config = _config(parse_object(files["config.json"], str(path)), path)
    dataset, (model, _) = dataset_named(config["data"]), model_named(config["model"])
    if not issubclass(model, kind):
        raise ValueError(
            f"The checkpoint {folder} is of the model {config['model']}, which does something "
            f"else: it takes one like {', '.join(_of_kind(kind))}."
        )
    network = with_weights(
        lambda: _built(config, dataset, path),
        files["model.safetensors"],
        folder / "model.safetensors",
    )
    return Checkpoint(
        id=folder.name,
        model=network.eval().requires_grad_(False),
        dataset=dataset,
        config=config,
        metrics=parse_object(files["metrics.json"], str(folder / "metrics.json")),
        card=unmarked(files["card.md"].decode(errors="replace")),
        folder=folder,
    )


def measured(name: str | Path) -> dict[str, Any] | None:
    """The whole report of `python -m causal_explorer check` in its study; None if there is none.

    Raises:
        ValueError: there is no such checkpoint.
    """
    found = (study(name) or {}).get("check")
    return found if isinstance(found, dict) else None


def kept(folder: Path, file: str) -> dict[str, Any] | None:
    """The JSON object in a file of a checkpoint's folder; None if it is missing or damaged."""
    try:
        return parse_object(contents(folder, file), file)
    except ValueError:
        return None


def write(
    folder: Path,
    model: nn.Module,
    config: dict[str, object],
    metrics: dict[str, object],
    history: str,
    card: str,
) -> None:
    """Writes a checkpoint beside its place and then moves it there, so that none is half written.

    Args:
        folder: of the checkpoint; an older one there is replaced.
        model: its weights are saved as float32 on the CPU.
        config: keys "data", "model", "network", "train".
        metrics: anything that JSON holds.
        history: JSON lines.
        card: Markdown.

    Raises:
        ValueError: the folder exists and is no checkpoint, or a weight is not finite.
        OSError: the folder cannot be written; an older checkpoint stays as it was.
    """
    if folder.exists() and not (folder / SUMS).is_file():
        raise ValueError(f"{folder} exists and is no checkpoint: it is left as it is.")
    weights = {k: v.detach().cpu().contiguous() for k, v in model.state_dict().items()}
    require_finite(weights, "The model to save")
    texts = {
        "config.json": json.dumps(config, indent=2) + "\n",
        "metrics.json": json.dumps(plain(metrics), indent=2) + "\n",
        "history.jsonl": history,
        "card.md": card,
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _write(folder, weights, texts)
    except (OSError, SafetensorError) as error:  # the latter where the disk is full
        raise OSError(
            f"The checkpoint {folder} cannot be written: {reason(error)}. What was there stays as "
            "it was."
        ) from error


def _write(folder: Path, weights: dict[str, torch.Tensor], texts: dict[str, str]) -> None:
    """Writes all files beside their place, and then moves them there."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        save_file(weights, fresh / "model.safetensors")
        for name, text in texts.items():
            (fresh / name).write_text(text, encoding="utf-8")
        seal(fresh, _FILES)
        _replace(folder, fresh, Path(scratch) / "old")


def _replace(folder: Path, fresh: Path, old: Path) -> None:
    """Puts the fresh folder in the place of an older checkpoint, or leaves all as it was."""
    if not folder.exists():
        fresh.rename(folder)
        return
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def _config(found: dict[str, Any], path: Path) -> dict[str, Any]:
    """A config, checked as far as the library itself reads it.

    Raises:
        ValueError: another set of keys, or no seed of the split.
    """
    if set(found) != _CONFIG_KEYS:
        raise ValueError(
            f"{path} has the keys {listed(sorted(found))}: it takes {listed(sorted(_CONFIG_KEYS))}."
        )
    if not isinstance(found["train"], dict):
        raise ValueError(f"{path} holds no section of settings in train.")
    seed = found["train"].get("split_seed")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        raise ValueError(
            f"train.split_seed is {brief(seed)} in {path}: it takes a whole number from 0."
        )
    return found


def _built(config: dict[str, Any], dataset: Dataset, path: Path) -> Any:
    """A fresh network of a config.

    Raises:
        ValueError: settings that no network can have.
    """
    try:
        return build(config["model"], dataset, config["network"])
    except (ArithmeticError, MemoryError, RuntimeError, TypeError) as error:
        raise ValueError(
            f"{path} asks for no network that can be made: {first_line(error)}."
        ) from error
