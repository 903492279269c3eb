"""What `python -m train` does, from its options to the checkpoint."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

import torch

from train.config import read_config
from train.curve import write_curve
from train.group import Group
from train.loop import Run
from train.origin import commit, warnings


def begin(options: argparse.Namespace, device: torch.device) -> Run:
    """The run that is asked for, at its first step or at its last save.

    Args:
        options: of the command line.
        device: to train on.

    Raises:
        ValueError, OSError: as of `read_config` and `Run`.
    """
    sets = [word for one in options.set for word in ("--set", one)]
    command = shlex.join(["python", "-m", "train", options.config, *sets])  # makes the model
    version = commit()  # of the code that trains, before anyone edits it
    config = read_config(options.config, options.set)
    folder = options.out or Path("runs") / config.id
    run = Run(config, Group.join(device), folder, options.resume, command, version)
    if run.group.leads:
        print("\n".join([*warnings(version), *run.opening]), file=sys.stderr)
    return run


def finish(run: Run) -> None:
    """Tests the run, and writes its checkpoint and its curve."""
    if run.group.leads:
        print(run.release("test"))
        write_curve(run.folder, run.state.history)
        print(f"Checkpoint: {run.folder / run.config.id}")
    run.group.leave()
