"""`python -m tests.mutation --sample 200 --seed 0`: are wrong lines noticed, planted one at a time?

Cosmic Ray finds the places and writes the mutants, in a copy of the tree; each is met by the tests
that mirror its module alone, with -x. Packages and operators stand in pyproject.toml. Each mutant
is a forked process, so that torch is imported once.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections import Counter
from pathlib import Path

from tests.mutation.mutants import Mutant, all_mutants, drawn
from tests.mutation.trial import Outcome, begin, tried

ROOT = Path(__file__).parents[2]


def main(arguments: list[str] | None = None) -> None:
    """Plants a sample of wrong lines; prints the share that is noticed and all that are not."""
    options = _parser().parse_args(arguments)
    os.chdir(ROOT)
    mutants = drawn(all_mutants(options.only), options.sample, options.seed)
    print(f"{len(mutants):,} mutants", flush=True)
    found = []
    with multiprocessing.get_context("fork").Pool(options.jobs, begin, (ROOT,)) as pool:
        for mutant, outcome, seconds in pool.imap_unordered(tried, mutants):
            found.append((mutant, outcome))
            if outcome is not Outcome.KILLED or options.all:
                print(f"{outcome.value:<9} {seconds:4.0f} s  {mutant}\n", flush=True)
    told(found)
    if options.out:
        rows = [{"outcome": outcome.value, **mutant.as_dict()} for mutant, outcome in found]
        options.out.write_text(json.dumps(rows, indent=1) + "\n")


def told(found: list[tuple[Mutant, Outcome]]) -> None:
    """Prints the share killed, of each package and of all."""
    for package in sorted({mutant.package for mutant, _ in found}):
        _share(package, [outcome for mutant, outcome in found if mutant.package == package])
    _share("all", [outcome for _, outcome in found])


def _share(name: str, outcomes: list[Outcome]) -> None:
    counts = Counter(outcomes)
    killed = 100 * counts[Outcome.KILLED] / max(1, len(outcomes))
    rest = ", ".join(f"{n} {own.value}" for own, n in counts.items() if own is not Outcome.KILLED)
    print(f"{name:<10} {killed:5.1f} % of {len(outcomes)} killed; {rest or 'none left'}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, help="how many are drawn (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--jobs", type=int, default=1, help="at once; each takes a core")
    parser.add_argument("--only", default="", help="modules whose path holds this")
    parser.add_argument("--out", type=Path, help="JSON of each mutant and what became of it")
    parser.add_argument("--all", action="store_true", help="print what was killed, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
