"""`python -m causal_explorer`: measures a checkpoint.

`check scm-vae` measures any system by axioms and truth; `doubt scm-vae` measures, once for its
weights, what bounds the search for the factors that an image shows.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from causal_explorer import checkpoint
from causal_explorer.inference import doubt
from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.opened import Opened
from causal_explorer.inference.opening import load
from causal_explorer.metrics.report import MAX_QUERIES, Report, check
from causal_explorer.metrics.systems import SystemReport, measure
from causal_explorer.metrics.table import system_table, table
from causal_explorer.wording import first_line

QUERIES, UNITS = 1_000, 50  # behind each figure: of the axioms, of a system
_FULL = 5  # times as many


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 if all went well."""
    try:
        options = _parser().parse_args(arguments)
        if options.command == "doubt":
            print(f"Saved: {save_doubts(options.checkpoint)}", file=sys.stderr)
            return 0
        report = measured(load(options.checkpoint, options.story), options)
        print(json.dumps(report.as_dict(), indent=2) if options.json else text(report))
        if options.save:
            print(f"Saved: {save(report, options.checkpoint)}", file=sys.stderr)
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        print(f"error: {first_line(error)}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; nothing was saved.", file=sys.stderr)
        return 130
    return 0


def measured(opened: Opened, options: argparse.Namespace) -> Report | SystemReport:
    """The axioms of an SCM-VAE whose labels say all; of any other system its own figures.

    Raises:
        ValueError: in one sentence, what was given and what is allowed.
    """
    times, told = _FULL if options.full else 1, options.queries
    if isinstance(opened, Explorer) and not opened.checkpoint.dataset.hidden:
        return check(opened, QUERIES * times if told is None else told, options.seed)
    return measure(opened, UNITS * times if told is None else told, options.seed)


def text(report: Report | SystemReport) -> str:
    """A report for people."""
    return system_table(report) if isinstance(report, SystemReport) else table(report)


def save(report: Report | SystemReport, name: str | Path) -> Path:
    """Writes a report into the study of its checkpoint, as its "check".

    Raises:
        ValueError: there is no such checkpoint.
        OSError: the folder cannot be written; an older study stays as it was.
    """
    found = checkpoint.study(name) or {"metrics": [], "series": {}}
    return checkpoint.write_study(name, found | {"check": report.as_dict()})


def save_doubts(name: str | Path) -> Path:
    """Measures the doubts of an SCM-VAE, some minutes, and keeps them in its folder.

    Raises:
        ValueError: there is no such checkpoint, or its pictures read z.
        OSError: the folder cannot be written.
    """
    found = checkpoint.read(name)
    sizes = [variable.classes for variable in found.dataset.variables]
    with tqdm(total=math.prod(sizes), unit=" combinations") as bar:
        doubts = doubt.doubt_of(found.model, found.dataset, bar.update)
    return doubt.write(checkpoint.find(name), doubts)


class _Parser(argparse.ArgumentParser):
    """One that raises what it has to say."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m causal_explorer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="check or doubt")
    checking = commands.add_parser("check", help="measure a checkpoint", description=__doc__)
    checking.add_argument("checkpoint", help="a name under checkpoints/, or a folder")
    checking.add_argument("--json", action="store_true", help="print JSON instead of tables")
    checking.add_argument(
        "--queries",
        type=int,
        help=f"or units behind each figure, to {MAX_QUERIES:,}; {QUERIES:,} or {UNITS} if left out",
    )
    checking.add_argument("--full", action="store_true", help=f"{_FULL} times as many of them")
    checking.add_argument("--seed", type=int, default=0, help="of all draws, 0 or above")
    checking.add_argument("--story", default="default", help="by name, or a TOML file")
    checking.add_argument(
        "--save", action="store_true", help="keep it in study.json in the checkpoint's folder"
    )
    doubting = commands.add_parser("doubt", help="measure what bounds its search for factors")
    doubting.add_argument("checkpoint", help="an SCM-VAE under checkpoints/, or a folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
