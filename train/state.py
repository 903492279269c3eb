"""What a run needs to go on exactly where it stopped, saved whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch

from causal_explorer.wording import first_line
from train.resume import changes


class Stateful(Protocol):
    """A module or an optimiser."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any: ...


Parts = Mapping[str, Stateful]


@dataclass
class RunState:
    """Progress of a run.

    Attributes:
        step: steps done.
        seconds: of training so far.
        history: JSON lines of the loss curve.
        pending: losses of the steps since its last line, left on the device.
        generator: draws the batches, on the CPU.
        reached: share of the run that was done at most: a run that is made longer goes back in
            its rates, never in warm-ups and the like.
        changes: of its settings since it began, in words.
    """

    step: int
    seconds: float
    history: list[str]
    pending: list[torch.Tensor]
    generator: torch.Generator
    reached: float = 0.0
    changes: list[str] = field(default_factory=list)


def save(
    path: Path,
    state: RunState,
    config: dict[str, object],
    parts: Parts,
) -> None:
    """Writes everything to one file, moved into place when complete.

    Raises:
        OSError: the file cannot be written; an earlier save stays as it was.
    """
    content = {
        "config": config,
        "step": state.step,
        "seconds": state.seconds,
        "history": state.history,
        "reached": state.reached,
        "changes": state.changes,
        "pending": [float(loss) for loss in state.pending],
        "generator": state.generator.get_state(),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "parts": {name: part.state_dict() for name, part in parts.items()},
    }
    scratch = path.with_suffix(".part")
    try:
        torch.save(content, scratch)
        os.replace(scratch, path)
    except (OSError, RuntimeError) as error:  # torch says RuntimeError for a full disk
        scratch.unlink(missing_ok=True)
        raise OSError(
            f"{path} cannot be saved ({first_line(error)}): make room, or choose another --out."
        ) from error


def restore(path: Path, config: dict[str, Any], parts: Parts) -> RunState:
    """Reads what `save` wrote, into the same parts.

    Args:
        path: of the save.
        config: that the run goes on under; what may change is told in the state's changes.
        parts: that are filled.

    Raises:
        ValueError: nothing to resume, an unreadable file, or another run's config.
    """
    if not path.is_file():
        raise ValueError(f"There is nothing to resume: {path} does not exist.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        saved, step = dict(content["config"]), int(content["step"])
        if not 0 <= step <= saved["train"]["steps"]:
            raise ValueError("it stands at no step of its run")
    except Exception as error:  # torch raises many kinds for a damaged file
        raise ValueError(_damaged(path)) from error
    changed = changes(saved, config, step, path)
    try:
        state = _load(content, parts)
    except Exception as error:  # as many kinds for content that does not fit
        raise ValueError(_damaged(path)) from error
    state.changes += [f"from step {step:,} on: {change}" for change in changed]
    return state


def _damaged(path: Path) -> str:
    return f"{path} cannot be resumed from: it is damaged, or is no save of this training."


def _load(content: dict, parts: Parts) -> RunState:
    for name, part in parts.items():
        part.load_state_dict(content["parts"][name])
    torch.set_rng_state(content["torch"])
    if content["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(content["cuda"])
    generator = torch.Generator()
    generator.set_state(content["generator"])
    return RunState(
        step=content["step"],
        seconds=content["seconds"],
        history=content["history"],
        pending=[torch.tensor(loss) for loss in content["pending"]],
        generator=generator,
        reached=content.get("reached", content["step"] / content["config"]["train"]["steps"]),
        changes=content.get("changes", []),
    )
