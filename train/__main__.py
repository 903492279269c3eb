"""`python -m train scm-vae`: trains a model by its config and writes its checkpoint."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:  # PyTorch takes seconds to import, in which the command may be stopped
    import torch

    from train.loop import Run


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 if a checkpoint was written."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # torchrun ends a group so
    run = None
    try:
        options = _parser().parse_args(arguments)
        from train.command import begin, finish

        run = begin(options, pick_device(options.device))
        run.train()
        finish(run)
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        print(f"error: {_sentence(error, run)}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"Stopped {run.rest if run else 'before training began'}.", file=sys.stderr)
        return 130
    return 0


def _sentence(error: Exception, run: Run | None) -> str:
    """What went wrong; where the machine failed a run that had begun, how it can go on."""
    from causal_explorer.wording import brief, first_line

    said = first_line(error)
    if isinstance(error, OSError) and error.strerror and error.filename:
        said = f"{brief(str(error.filename))}: {error.strerror}"
    machine = isinstance(error, OSError | MemoryError) or "out of memory" in said
    return f"{said}; stopped {run.rest}" if run and machine else said


def pick_device(name: str) -> torch.device:
    """The device of that name; "auto" is CUDA where there is a CUDA device, else the CPU.

    Raises:
        ValueError: unknown, or CUDA without a CUDA device.
    """
    import torch

    from causal_explorer.wording import brief

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
