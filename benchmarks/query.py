"""How long a counterfactual takes, against drawing the truth alone, in one run."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch

import causal_explorer as ce
from causal_explorer.data import splits
from causal_explorer.metrics.queries import random_queries


def main() -> None:
    """Prints median, 90th percentile and the ratio between one and all threads."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.query", description=__doc__)
    parser.add_argument("checkpoint", nargs="?", default="scm-vae")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--samples", type=int, default=1_000)
    options = parser.parse_args()
    explorer = ce.load(options.checkpoint)
    queries = random_queries(splits.rows("test"), options.queries, seed=1)
    threads = torch.get_num_threads()

    print(f"{options.queries} random held-out queries of {options.samples:,} samples each")
    for count in sorted({1, threads}):
        torch.set_num_threads(count)
        for coupling in ("gumbel", "monotone"):
            times = [
                _milliseconds(
                    lambda q=query, c=coupling: explorer.counterfactual(
                        q.factors, do=q.do, samples=options.samples, coupling=c
                    )
                )
                for query in queries
            ]
            times = sorted(times[5:])  # the first calls warm up
            median, p90 = statistics.median(times), times[int(0.9 * len(times))]
            print(f"{count} threads, {coupling:<9} median {median:6.1f} ms   p90 {p90:6.1f} ms")


def _milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
