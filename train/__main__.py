"""`python -m train scm-vae`: trains a model by its config and writes its checkpoint."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from pathlib import Path
from typing import NoReturn

import torch

from causal_explorer.wording import brief, first_line
from train.config import read_config
from train.curve import write_curve
from train.group import Group
from train.loop import Run
from train.origin import commit, warnings


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 if a checkpoint was written."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # torchrun ends a group so
    run = None
    try:
        options = _parser().parse_args(arguments)
        sets = [word for one in options.set for word in ("--set", one)]
        command = shlex.join(["python", "-m", "train", options.config, *sets])  # makes the model
        version = commit()  # of the code that trains, before anyone edits it
        config = read_config(options.config, options.set)
        group = Group.join(pick_device(options.device))
        folder = options.out or Path("runs") / config.id
        run = Run(config, group, folder, options.resume, command, version)
        if group.leads:
            print("\n".join([*warnings(version), *run.opening]), file=sys.stderr)
        run.train()
        if group.leads:
            print(run.release("test"))
            write_curve(folder, run.state.history)
            print(f"Checkpoint: {folder / config.id}")
        group.leave()
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        print(f"error: {_sentence(error, run)}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"Stopped {run.rest if run else 'before training began'}.", file=sys.stderr)
        return 130
    return 0


def _sentence(error: Exception, run: Run | None) -> str:
    """What went wrong; where the machine failed a run that had begun, how it can go on."""
    said = first_line(error)
    if isinstance(error, OSError) and error.strerror:
        said = f"{brief(str(error.filename))}: {error.strerror}" if error.filename else said
    begun = run is not None and isinstance(error, (OSError, MemoryError, torch.OutOfMemoryError))
    return f"{said}; stopped {run.rest}" if run is not None and begun else said


def pick_device(name: str) -> torch.device:
    """The device of that name; "auto" is CUDA where there is a CUDA device, else the CPU.

    Raises:
        ValueError: unknown, or CUDA without a CUDA device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"device={brief(name)} is unknown: it takes auto, cpu or cuda.") from error
    if device.type not in ("cpu", "cuda"):
        raise ValueError(f"device={brief(name)} is not supported: it takes auto, cpu or cuda.")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device={brief(name)} was asked for, but there is no CUDA device here.")
    return device


class _Parser(argparse.ArgumentParser):
    """One that raises what it has to say."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m train", description=__doc__)
    parser.add_argument("config", help="a name under train/configs, or a TOML file")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="one setting in the place of the config's: train.epochs=10, data.rho=0.9 …",
    )
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda, cuda:0 …")
    parser.add_argument(
        "--out", type=Path, help="folder of the run (default runs/<config>); its checkpoint inside"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue from the folder's last save; train.steps or epochs may be more than before",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
