"""A training that a benchmark needs, to its end: begun, gone on with, or taken as it was left."""

from __future__ import annotations

from pathlib import Path

import torch

from train.config import RunConfig
from train.group import Group
from train.loop import Run
from train.origin import commit


def finished(config: RunConfig, folder: Path) -> Run:
    """The run of a recipe on the CPU, at its last step.

    Args:
        config: the recipe.
        folder: of the run; a run of the same recipe that was stopped there goes on.

    Raises:
        ValueError: the folder holds a run of another recipe.
    """
    begun = (folder / "state.pt").is_file()
    run = Run(config, Group.join(torch.device("cpu")), folder, begun, commit=commit())
    if run.state.changes:
        raise ValueError(f"{folder} holds a run of another config: {'; '.join(run.state.changes)}.")
    run.train()
    return run
