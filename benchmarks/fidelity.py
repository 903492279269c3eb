"""Likelihood, counterfactuals against the truth, and composition, all held out."""

from __future__ import annotations

from itertools import islice

import numpy as np
import torch

import causal_explorer as ce
from benchmarks.options import parser
from causal_explorer.data import dsprites, splits
from causal_explorer.metrics.composition import composition
from causal_explorer.metrics.likelihood import Likelihood, likelihood
from causal_explorer.metrics.queries import random_queries
from causal_explorer.metrics.truth import TruthError, truth_error

_COMPOSITION_IMAGES = 4_096
_DRAWS = 1_001


def main(arguments: list[str] | None = None) -> None:
    """Prints a row for each kind of query, averaged and single draw, and composition."""
    asked = parser("fidelity", __doc__, saves=False)
    asked.add_argument("checkpoint", nargs="?", default="scm-vae")
    asked.add_argument("--queries", type=int, default=1_000)
    options = asked.parse_args(arguments)
    count = 2 if options.quick else options.queries
    explorer = ce.load(options.checkpoint)
    rows = splits.rows("test", explorer.checkpoint.split_seed)

    print(_told(held_out(explorer, options.quick)), flush=True)
    print(f"{count:,} random held-out queries a row; targets forced to change.")
    print(f"{'do':<14}{'coupling':<10}{'draws':>6}{'IoU':>9}{'worst':>8}{'L1':>10}{'exact':>8}")
    kinds = {"1 to 3": None} | {f.name: (f.name,) for f in dsprites.FACTORS}
    for name, targets in kinds.items():
        queries = random_queries(rows, count, seed=0, targets=targets)
        for coupling, draws in (("gumbel", _DRAWS), ("monotone", _DRAWS), ("gumbel", 1)):
            error = truth_error(
                lambda query, s=draws, c=coupling: explorer.counterfactual(
                    query.factors, do=query.do, samples=s, coupling=c
                ),
                queries,
            )
            print(_row(name, coupling, draws, error), flush=True)

    rng = np.random.default_rng(0)
    v = dsprites.classes_of(rng.choice(rows, _COMPOSITION_IMAGES, replace=False))
    x, classes = torch.from_numpy(dsprites.render(v)), torch.from_numpy(v)
    for times in (1, 10):
        found = composition(explorer.checkpoint.model, x, classes, times)
        print(f"composition {times:>2}, decoder-mean path: {found:.6f} a pixel")


def held_out(explorer: ce.Explorer, quick: bool = False) -> Likelihood:
    """Its -ELBO and its exact reconstructions, over all pictures of the test split.

    Args:
        explorer: of the checkpoint.
        quick: of its first batch alone.
    """
    rows = splits.rows("test", explorer.checkpoint.split_seed)
    parts = np.array_split(rows, len(rows) // 1_024)
    batches = (
        (torch.from_numpy(v), torch.from_numpy(dsprites.render(v)))
        for v in map(dsprites.classes_of, parts)
    )
    batches = islice(batches, 1 if quick else None)
    return likelihood(explorer.checkpoint.model, batches, torch.Generator().manual_seed(0))


def _told(found: Likelihood) -> str:
    return (
        f"{found.images:,} held-out pictures: loss {found.loss:.4f} nats = image "
        f"{found.image_nats:.4f} + KL {found.kl_nats:.4f}; {100 * found.exact:.2f} % of the "
        "reconstructions equal pixel for pixel"
    )


def _row(name: str, coupling: str, draws: int, error: TruthError) -> str:
    note = f"  ({error.empty} without a pixel above 0.5, not in exact)" if error.empty else ""
    return (
        f"{name:<14}{coupling:<10}{draws:>6}{error.iou:>9.5f}{error.worst_iou:>8.4f}"
        f"{error.l1:>10.6f}{error.exact:>8.3f}{note}"
    )


if __name__ == "__main__":
    main()
