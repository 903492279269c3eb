"""How faithful an SCM-VAE of sprites is: its likelihood, and averages against the truth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites, splits
from causal_explorer.metrics.likelihood import Likelihood, likelihood
from causal_explorer.metrics.queries import random_queries
from causal_explorer.metrics.truth import TruthError, truth_error
from causal_explorer.scm.coupling import COUPLINGS

DRAWS = 1_001


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
        for v in map(dsprites.classes_of, islice(parts, 1 if quick else None))
    )
    return likelihood(explorer.checkpoint.model, batches, torch.Generator().manual_seed(0))


def averages(explorer: ce.Explorer, count: int) -> Iterator[tuple[str, str, TruthError]]:
    """Error of averages of 1,001 draws, by target and coupling.

    Args:
        explorer: of the checkpoint.
        count: random held-out queries behind each, every target forced to change.
    """
    rows = splits.rows("test", explorer.checkpoint.split_seed)
    kinds = {"1 to 3 factors": None} | {f.name: (f.name,) for f in dsprites.FACTORS}
    for name, targets in kinds.items():
        queries = random_queries(rows, count, seed=0, targets=targets)
        for coupling in COUPLINGS:
            yield (
                name,
                coupling,
                truth_error(
                    lambda query, c=coupling: explorer.counterfactual(
                        query.factors, do=query.do, samples=DRAWS, coupling=c
                    ),
                    queries,
                ),
            )
