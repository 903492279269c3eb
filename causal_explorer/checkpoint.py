"""A checkpoint is a folder: weights, config, metrics, history, card and their checksums.

model.safetensors   weights, never pickled
config.json         data set, model, network sizes, and the training recipe
metrics.json        measured on held-out combinations of factors
history.jsonl       the loss curve, a line each interval
card.md             who trained it on what, for people
SHA256SUMS          of all of the above; `sha256sum -c SHA256SUMS` checks it too
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import nn

from causal_explorer.data.dataset import Dataset, dataset_named
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.registry import MODELS, build
from causal_explorer.text import lines_of
from causal_explorer.wording import brief, first_line

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
    model: M
    dataset: Dataset
    config: dict[str, Any]
    metrics: dict[str, Any]
    card: str
    folder: Path | None = None

    @property
    def split_seed(self) -> int:
        """Of the split into training, validation and held-out units that it was trained on."""
        return self.config["train"]["split_seed"]


def shipped() -> list[str]:
    """The names of the checkpoints that come with the project."""
    return sorted(sums.parent.name for sums in SHIPPED.glob("*/SHA256SUMS"))


def shipped_mechanisms() -> list[str]:
    """The names of those that paint dSprites: the image models of the sprites' own pages."""
    configs = {name: kept(SHIPPED / name, "config.json") or {} for name in _of_kind(ImageMechanism)}
    return [name for name, config in configs.items() if config["data"] == "dsprites"]


def shipped_models() -> list[str]:
    """The names of those that can be asked anything: all but what serves others."""
    configs = {name: kept(SHIPPED / name, "config.json") or {} for name in shipped()}
    return [name for name, c in configs.items() if MODELS[c["model"]][0].tells]


def study(name: str | Path) -> dict[str, Any] | None:
    """What a system's benchmark kept with its checkpoint with --save; None if nothing.

    Raises:
        ValueError: there is no such checkpoint.
    """
    return kept(find(name), "study.json")


def _of_kind(kind: type[nn.Module]) -> list[str]:
    named = {name: json.loads((SHIPPED / name / "config.json").read_bytes()) for name in shipped()}
    return [name for name, c in named.items() if issubclass(MODELS[c["model"]][0], kind)]


def find(name: str | Path) -> Path:
    """The folder of a checkpoint, by name under checkpoints/ or by path.

    Raises:
        ValueError: there is none.
    """
    folders = (SHIPPED / name, Path(name)) if isinstance(name, (str, Path)) else ()
    for folder in folders:
        with contextlib.suppress(OSError, ValueError):  # a name that no file can have
            if (folder / "SHA256SUMS").is_file():
                return folder
    raise ValueError(
        f"There is no checkpoint {brief(str(name))}: it takes a folder with a SHA256SUMS file, "
        f"or one of {', '.join(shipped()) or 'none shipped'}."
    )


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
    files = _verified(folder)
    config = _parse(folder, "config.json", files)
    if set(config) != _CONFIG_KEYS:
        raise ValueError(
            f"{folder / 'config.json'} has the keys {', '.join(sorted(config))}: "
            f"it takes {', '.join(sorted(_CONFIG_KEYS))}."
        )
    if not isinstance(config["train"], dict):
        raise ValueError(f"{folder / 'config.json'} holds no section of settings in train.")
    seed = config["train"].get("split_seed")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        raise ValueError(
            f"train.split_seed is {brief(seed)} in {folder / 'config.json'}: "
            "it takes a whole number from 0."
        )
    dataset = dataset_named(config["data"])
    model = build(config["model"], dataset, config["network"])
    if not isinstance(model, kind):
        raise ValueError(
            f"The checkpoint {folder} is of the model {config['model']}, which does something "
            f"else: it takes one like {', '.join(_of_kind(kind))}."
        )
    _load_weights(model, files["model.safetensors"], folder)
    return Checkpoint(
        id=folder.name,
        model=model.eval().requires_grad_(False),
        dataset=dataset,
        config=config,
        metrics=_parse(folder, "metrics.json", files),
        card=files["card.md"].decode("utf-8-sig", errors="replace"),
        folder=folder,
    )


def measured(name: str | Path) -> dict[str, Any] | None:
    """What `python -m causal_explorer check --save` kept with a checkpoint; None if nothing.

    Raises:
        ValueError: there is no such checkpoint.
    """
    return kept(find(name), "check.json")


def kept(folder: Path, file: str) -> dict[str, Any] | None:
    """The JSON object in a file of a checkpoint's folder; None if it is missing or damaged."""
    try:
        found = json.loads((folder / file).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


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
    if folder.exists() and not (folder / "SHA256SUMS").is_file():
        raise ValueError(f"{folder} exists and is no checkpoint: it is left as it is.")
    weights = {k: v.detach().cpu().contiguous() for k, v in model.state_dict().items()}
    _require_finite(weights, "The model to save")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        save_file(weights, fresh / "model.safetensors")
        (fresh / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        (fresh / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
        (fresh / "history.jsonl").write_text(history)
        (fresh / "card.md").write_text(card)
        sums = [f"{_digest((fresh / name).read_bytes())}  {name}\n" for name in _FILES]
        (fresh / "SHA256SUMS").write_text("".join(sums))
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


def _verified(folder: Path) -> dict[str, bytes]:
    """The bytes of each file, once its checksum is seen to hold."""
    try:
        lines = lines_of((folder / "SHA256SUMS").read_bytes())
        sums = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    except (OSError, ValueError) as error:
        raise ValueError(f"{folder / 'SHA256SUMS'} cannot be read: {first_line(error)}.") from error
    files = {}
    for name in _FILES:
        path = folder / name
        if name not in sums or not path.is_file():
            raise ValueError(f"The checkpoint {folder} lacks {name} or its checksum.")
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
        if _digest(files[name]) != sums[name]:
            raise ValueError(
                f"{path} does not match its checksum in SHA256SUMS: "
                "the file is damaged or was altered; restore it or train again."
            )
    return files


def _parse(folder: Path, name: str, files: dict[str, bytes]) -> dict:
    try:
        content = json.loads(files[name])
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{folder / name} is not JSON: {first_line(error)}.") from error
    if not isinstance(content, dict):
        raise ValueError(f"{folder / name} holds no JSON object.")
    return content


def _load_weights(model: nn.Module, data: bytes, folder: Path) -> None:
    path = folder / "model.safetensors"
    try:
        weights = load(data)
    except (SafetensorError, KeyError) as error:  # KeyError: a type that torch does not have
        raise ValueError(f"{path} is not a safetensors file: {first_line(error)}.") from error
    wanted = model.state_dict()
    if set(weights) != set(wanted):
        odd = ", ".join(sorted(set(weights) ^ set(wanted)))
        raise ValueError(f"{path} and the model of its config differ in the tensors {odd}.")
    for key, tensor in wanted.items():
        found = weights[key]
        if found.shape != tensor.shape or found.dtype != tensor.dtype:
            raise ValueError(
                f"{key} in {path} is {found.dtype} of shape {tuple(found.shape)}: "
                f"the model of its config takes {tensor.dtype} of shape {tuple(tensor.shape)}."
            )
    _require_finite(weights, str(path))
    model.load_state_dict(weights)


def _require_finite(weights: dict[str, torch.Tensor], where: str) -> None:
    for key, tensor in weights.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{where} holds a number that is not finite in {key}.")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
