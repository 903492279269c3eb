"""`python -m benchmarks`: the README's performance table, all of it in one run."""

from __future__ import annotations

import argparse
import os

from benchmarks.footprint import footprint
from benchmarks.queries import against_the_original, queries
from benchmarks.table import HEADER
from benchmarks.training import scaling, training
from train.__main__ import pick_device
from train.origin import device_name, versions


def main() -> None:
    """Prints the table row by row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="fewer repeats: under ten minutes")
    parser.add_argument("--device", default="auto", help="of the training: auto, cpu, cuda")
    options = parser.parse_args()
    device = pick_device(options.device)
    print(f"{device_name(device)} of {os.cpu_count()} cores; {versions()}")
    print("Median, with the quartiles in brackets.\n")
    print(HEADER, flush=True)
    small = options.small
    parts = (
        footprint(),
        training(device, steps=40 if small else 200),
        scaling(),
        queries(100 if small else 1_000),
        against_the_original(3 if small else 12),
    )
    for part in parts:
        for row in part:
            print(row, flush=True)


if __name__ == "__main__":
    main()
