"""`python -m causal_explorer check scm-vae`: measures a checkpoint by axioms and truth."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

from causal_explorer import checkpoint
from causal_explorer.inference.opening import load
from causal_explorer.metrics.report import MAX_QUERIES, Report, check
from causal_explorer.metrics.table import table
from causal_explorer.wording import first_line


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 if all went well."""
    try:
        options = _parser().parse_args(arguments)
        report = check(load(options.checkpoint, options.story), options.queries, options.seed)
        print(json.dumps(report.as_dict(), indent=2) if options.json else table(report))
        if options.save:
            print(f"Saved: {save(report, options.checkpoint)}", file=sys.stderr)
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        print(f"error: {first_line(error)}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; nothing was saved.", file=sys.stderr)
        return 130
    return 0


def save(report: Report, name: str | Path) -> Path:
    """Writes a report into the folder of its checkpoint, as check.json.

    Raises:
        ValueError: there is no such checkpoint.
        OSError: the folder cannot be written.
    """
    path = checkpoint.find(name) / "check.json"
    path.write_text(json.dumps(report.as_dict(), indent=2) + "\n")
    return path


class _Parser(argparse.ArgumentParser):
    """One that raises what it has to say."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m causal_explorer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="check")
    checking = commands.add_parser("check", help="measure a checkpoint", description=__doc__)
    checking.add_argument("checkpoint", help="a name under checkpoints/, or a folder")
    checking.add_argument("--json", action="store_true", help="print JSON instead of tables")
    checking.add_argument(
        "--queries", type=int, default=1000, help=f"behind each figure, 1 to {MAX_QUERIES:,}"
    )
    checking.add_argument("--seed", type=int, default=0, help="of all draws, 0 or above")
    checking.add_argument("--story", default="default", help="by name, or a TOML file")
    checking.add_argument(
        "--save", action="store_true", help="write check.json into the checkpoint's folder"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
