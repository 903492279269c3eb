"""The options that all benchmarks share; each adds what is its own."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path


def parser(module: str, about: str | None, saves: bool = True) -> argparse.ArgumentParser:
    """Of `python -m benchmarks.<module>`, or of `python -m benchmarks` where it has no name.

    Args:
        module: its name.
        about: what it does.
        saves: whether there is anything to keep.
    """
    name = f"python -m benchmarks.{module}" if module else "python -m benchmarks"
    found = argparse.ArgumentParser(prog=name, description=about)
    how = found.add_mutually_exclusive_group()
    how.add_argument(
        "--quick", action="store_true", help="to its end with next to nothing: no figures"
    )
    if saves:
        how.add_argument("--save", action="store_true", help="keep what was measured")
    return found


def training_parser(name: str, about: str | None) -> argparse.ArgumentParser:
    """Of a benchmark that trains variants of a checkpoint, by its name."""
    found = parser(name.replace("-", "_"), about)
    found.add_argument("--runs", type=Path, default=Path(f"runs/{name}-study"), help="of trainings")
    return found


def recorded(asked: argparse.ArgumentParser, given: Sequence[str] | None) -> str:
    """The command that prints the figures again: as it was given, but for --save.

    Args:
        asked: its options.
        given: its arguments; if None, those of the command line.
    """
    words = [word for word in (sys.argv[1:] if given is None else given) if word != "--save"]
    return shlex.join([*asked.prog.split(), *words])
