"""What a run needs to go on exactly where it stopped, saved whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass
class RunState:
    """Progress of a run.

    Attributes:
        step: steps done.
        seconds: of training so far.
        history: JSON lines of the loss curve.
        pending: losses of the steps since its last line, left on the device.
        generator: draws the batches, on the CPU.
    """

    step: int
    seconds: float
    history: list[str]
    pending: list[torch.Tensor]
    generator: torch.Generator


def save(
    path: Path,
    state: RunState,
    config: dict[str, object],
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
) -> None:
    """Writes everything to one file, moved into place when complete."""
    content = {
        "config": config,
        "step": state.step,
        "seconds": state.seconds,
        "history": state.history,
        "pending": state.pending,
        "generator": state.generator.get_state(),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    scratch = path.with_suffix(".part")
    torch.save(content, scratch)
    os.replace(scratch, path)


def restore(
    path: Path,
    config: dict[str, object],
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
) -> RunState:
    """Reads what `save` wrote, into the model and the optimiser.

    Raises:
        ValueError: nothing to resume, an unreadable file, or another config.
    """
    if not path.is_file():
        raise ValueError(f"There is nothing to resume: {path} does not exist.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise ValueError(f"{path} cannot be resumed from: {error}") from error
    if content["config"] != config:
        raise ValueError(
            f"{path} was saved under another config: resume with the same config and --set, "
            "or start anew without --resume."
        )
    model.load_state_dict(content["model"])
    optimiser.load_state_dict(content["optimiser"])
    torch.set_rng_state(content["torch"])
    if content["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(content["cuda"])
    generator = torch.Generator()
    generator.set_state(content["generator"])
    return RunState(
        step=content["step"],
        seconds=content["seconds"],
        history=content["history"],
        pending=content["pending"],
        generator=generator,
    )
