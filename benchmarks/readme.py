"""README's tables of figures, from the studies beside the checkpoints: `--check` or `--write`.

A table stands in README between two comments, and in `tables.md` as a template, where
`{checkpoint::row::format}` is what a study measured under that name, "row @ data" where several
data sets have it, and a path like `series.do_errors.l1.angle` what its series hold; "paper" before
a format takes the published figure.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from causal_explorer.checkpoint import study

README = Path(__file__).resolve().parents[1] / "README.md"
TEMPLATES = Path(__file__).parent / "tables.md"
PERFORMANCE = Path(__file__).parent / "performance.json"  # of `python -m benchmarks --small --save`
_PLACE = re.compile(r"\{([^{}]+?)::([^{}]+?)::([^{}]*)\}")


def main(arguments: list[str] | None = None) -> int:
    """Writes the tables into README, or compares them; 0 if they are what the studies say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readme", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="puts the tables in their places")
    what.add_argument("--check", action="store_true", help="says which differ")
    options = parser.parse_args(arguments)
    text = README.read_text(encoding="utf-8")
    stale = [name for name, table in tables().items() if between(text, name) != table]
    if options.write:
        for name, table in tables().items():
            text = text.replace(_marked(name, between(text, name)), _marked(name, table))
        README.write_text(text, encoding="utf-8")
        return 0
    for name in stale:
        print(f"README's table {name} is not what its source says: --write renews it.")
    return int(bool(stale))


def tables() -> dict[str, str]:
    """Markdown of each table, by name."""
    _, *sections = TEMPLATES.read_text(encoding="utf-8").split("\n## ")
    named = (section.split("\n", 1) for section in sections)
    filled = {name: _filled(rows.strip()) for name, rows in named}
    rows = json.loads(PERFORMANCE.read_text(encoding="utf-8"))["rows"]
    return filled | {"performance": "\n".join(rows)}


def between(text: str, name: str) -> str:
    """What stands in README between the comments of a table.

    Raises:
        ValueError: there are no such comments.
    """
    start, end = _marks(name)
    if text.count(start) != 1 or text.count(end) != 1:
        raise ValueError(f"README has no one place for the table {name}: {start} … {end}.")
    return text.partition(start)[2].partition(end)[0].strip("\n")


def _marked(name: str, table: str) -> str:
    start, end = _marks(name)
    return f"{start}\n{table}\n{end}"


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- table: {name} -->", "<!-- end of " + name + " -->"


def _filled(rows: str) -> str:
    return _PLACE.sub(lambda found: _figure(*found.groups()), rows)


def _figure(name: str, row: str, form: str) -> str:
    """A figure of a study, in a format.

    Raises:
        KeyError: the study holds no such figure.
    """
    kept: Any = study(name) or {"metrics": [], "series": {}}
    if row.startswith("series."):
        value = kept
        for key in row.split("."):
            value = value[int(key) if isinstance(value, list) else key]
        return format(value, form).replace("-", "−")
    wanted, _, data = row.partition(" @ ")
    found = [r for r in kept["metrics"] if r["name"] == wanted and r["data"].startswith(data)]
    if len(found) != 1:
        raise KeyError(f"{name} has {len(found)} figures {row}")
    key = "paper" if form.startswith("paper ") else "ours"
    return format(found[0][key], form.removeprefix("paper ")).replace("-", "−")


if __name__ == "__main__":
    sys.exit(main())
