"""`python -m benchmarks.models`: all systems in one table, ours beside the published figures.

Each row is what the system's own benchmark measured and kept with its checkpoint; with --again
they are all measured anew, trainings included.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.options import parser
from causal_explorer.checkpoint import study
from causal_explorer.sharing.catalogue import entry, systems
from causal_explorer.sharing.words import figure

_HEADER = "| system | measured | ours | published | data | note |\n|---|---|---|---|---|---|"
BENCHMARKS = {  # by checkpoint, the module that measures it
    "scm-vae": "scm_vae",
    "scm-vae-styled": "styled",
    "causal-vae": "causal_vae",
    "intact-vae": "intact_vae",
    "cevae": "cevae",
    "beta-vae": "beta_vae",
    "ladder-vae": "ladder_vae",
}


def rows(name: str, found: Mapping[str, Any]) -> Iterator[str]:
    """A line of Markdown for each metric of a system.

    Args:
        name: of the checkpoint.
        found: its study.
    """
    for own in found["metrics"]:
        ours, paper = (figure(own.get(key), own.get("unit")) for key in ("ours", "paper"))
        told = (own.get(key) or "" for key in ("data", "note"))
        cells = (entry(name).title, own["name"], ours, paper, *told)
        yield f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> None:
    """Prints the table."""
    asked = parser("models", __doc__, saves=False)
    asked.add_argument("--again", action="store_true", help="measure all anew: hours on 2 cores")
    options = asked.parse_args(arguments)
    if options.again or options.quick:
        for module in BENCHMARKS.values():
            how = "--quick" if options.quick else "--save"
            importlib.import_module(f"benchmarks.{module}").main([how])
    print(_HEADER)
    for name in systems():
        found = study(name)
        for line in rows(name, found) if found else ():
            print(line)


if __name__ == "__main__":
    main()
