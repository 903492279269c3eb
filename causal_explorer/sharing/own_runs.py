"""The user's own checkpoints: what lies finished under runs/, by the name that opens it.

An address names one of these or nothing: no path that it tells is ever followed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from causal_explorer.checkpoint import kept, shipped_mechanisms, shipped_sprites
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.registry import MODELS

OWN = Path("runs")  # of the working directory: where `python -m train` writes
_SPRITES = ("dsprites", "styled-sprites")
_SUMS = "SHA256SUMS"  # written last: without it a save is not finished


def own_checkpoints() -> dict[str, dict[str, Any]]:
    """The config of each checkpoint under runs/ whose model can be asked, by its name."""
    root, found = OWN.resolve(), {}
    for sums in sorted(OWN.rglob(_SUMS)):
        folder = sums.parent
        config = kept(folder, "config.json") if _is_inside(folder, root) else None
        if config and _tells(config):
            found[folder.as_posix()] = config
    return found


def own_mechanisms() -> list[str]:
    """The names of those that paint dSprites."""
    return [name for name, config in own_checkpoints().items() if is_mechanism(config)]


def is_mechanism(config: dict[str, Any]) -> bool:
    """Whether a config is of an image model of the sprites' own pages."""
    return _paints(config) and config.get("data") == "dsprites"


def image_models() -> list[str]:
    """All image models of the sprites' own pages: the shipped ones, then the user's."""
    return [*shipped_mechanisms(), *own_mechanisms()]


def sprite_models() -> list[str]:
    """All image models of sprites, those of styled ones too: the shipped ones, then the user's."""
    own = [name for name, config in own_checkpoints().items() if _paints(config, _SPRITES)]
    return [*shipped_sprites(), *own]


def stamp(name: str) -> str:
    """What tells one save of a checkpoint from the next; empty for one that is not the user's."""
    path = Path(name) / _SUMS
    try:
        return path.read_text() if OWN in path.parents else ""
    except (OSError, ValueError):
        return ""


def _is_inside(folder: Path, root: Path) -> bool:
    """Whether it and all of its files lie below runs/, under a name that can be shown and sent."""
    name = folder.as_posix()
    if not name.isprintable() or any(part.startswith(".") for part in folder.parts):
        return False  # a save that is being written has a folder that begins with a dot
    try:
        return all(path.resolve().is_relative_to(root) for path in (folder, *folder.iterdir()))
    except (OSError, RuntimeError):  # not to be read, or links that go round
        return False


def _paints(config: dict[str, Any], data: tuple[str, ...] = ()) -> bool:
    """Whether a config is of an image mechanism, of one of some data sets where they are named."""
    told = config.get("data")
    name = told.get("name") if isinstance(told, dict) else told
    mechanism = issubclass(MODELS[config["model"]][0], ImageMechanism)
    return mechanism and (not data or name in data)


def _tells(config: dict[str, Any]) -> bool:
    """Whether a config names a model that can be asked."""
    model = config.get("model")
    return isinstance(model, str) and model in MODELS and bool(MODELS[model][0].tells)
