"""`python -m benchmarks`: the README's performance table, all of it in one run."""

from __future__ import annotations

import json
import os

from benchmarks.effort import FULL, QUICK, SMALL
from benchmarks.footprint import footprint
from benchmarks.options import parser, recorded
from benchmarks.queries import against_the_original, queries
from benchmarks.readme import PERFORMANCE
from benchmarks.table import HEADER
from benchmarks.training import scaling, training
from causal_explorer.whole import write_whole
from train.__main__ import pick_device
from train.origin import device_name, versions


def main(arguments: list[str] | None = None) -> None:
    """Prints the table row by row."""
    asked = parser("", __doc__)
    asked.add_argument("--small", action="store_true", help="fewer repeats: under ten minutes")
    asked.add_argument("--device", default="auto", help="of the training: auto, cpu, cuda")
    options = asked.parse_args(arguments)
    effort = QUICK if options.quick else SMALL if options.small else FULL
    device = pick_device(options.device)
    machine = f"{device_name(device)} of {os.cpu_count()} cores; {versions()}"
    print(machine)
    print("Median, with the quartiles in brackets.\n")
    rows = HEADER.splitlines()
    print(HEADER, flush=True)
    parts = (
        footprint(effort),
        training(device, effort),
        scaling(effort),
        queries(effort),
        against_the_original(effort),
    )
    for part in parts:
        for row in part:
            print(row, flush=True)
            rows.append(str(row))
    if options.save:
        command = recorded(asked, arguments)
        kept = {"command": command, "machine": machine, "rows": rows}
        write_whole(PERFORMANCE, (json.dumps(kept, indent=1, ensure_ascii=False) + "\n").encode())


if __name__ == "__main__":
    main()
