"""Queries: one, a strip, and a thousand at once, beside the original recipe's SVI."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import torch

import causal_explorer as ce
from benchmarks.effort import Effort
from benchmarks.original import svi_counterfactual
from benchmarks.table import Row, spread, timed
from causal_explorer import checkpoint
from causal_explorer.data import dsprites, splits
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.agreement import iou
from causal_explorer.metrics.queries import random_queries
from causal_explorer.models.scm_vae_mlp import SCMVAEMLP, SCMVAEMLPConfig

_SAMPLES = 1_000
_WARM = 5  # queries before the clock counts


def queries(effort: Effort) -> Iterator[Row]:
    """Random held-out queries of 1,000 samples, with 1 to 3 targets."""
    explorer, threads = ce.load("scm-vae"), torch.get_num_threads()
    asked = random_queries(splits.rows("test"), effort.queries + _WARM, seed=1)
    torch.set_num_threads(1)  # one question is too little work to share
    for coupling in ("gumbel", "monotone"):
        answer = partial(explorer.counterfactual, coupling=coupling)
        times = _milliseconds([partial(answer, q.factors, do=q.do) for q in asked])
        p90 = statistics.quantiles(times, n=10)[-1]
        yield Row(
            f"a query of {_SAMPLES:,} samples, {coupling}, one thread",
            f"{spread(times, 'ms')}, 90th percentile {p90:.1f}",
        )
    for factor in dsprites.FACTORS:
        strip = partial(explorer.sweep, factor.name)
        times = _milliseconds([partial(strip, q.factors) for q in asked[: effort.strips + _WARM]])
        yield Row(
            f"a strip, all {factor.classes} values of {factor.name}, one thread",
            spread(times, "ms"),
        )
    pictures = dsprites.render(np.array([list(q.factors.values()) for q in asked]))
    alone = [
        partial(explorer.counterfactual, image=x, do={"shape": "square"})
        for x in pictures[: effort.images + _WARM]
    ]
    times = _milliseconds(alone)
    p90 = statistics.quantiles(times, n=10)[-1]
    yield Row(
        "do(shape) from an image alone, 1,000 samples, one thread",
        f"{spread(times, 'ms', 0)}, 90th percentile {p90:.0f}",
    )
    torch.set_num_threads(threads)
    many = random_queries(splits.rows("test"), effort.batch, seed=2)
    batch = [{"factors": q.factors, "do": q.do} for q in many]
    times = [timed(partial(explorer.counterfactuals, batch))[0] for _ in range(3)]
    yield Row(
        f"{effort.batch:,} different queries in one call, {threads} threads", spread(times, "s", 2)
    )


def _milliseconds(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Of each call but the first few, which warm up."""
    return [1e3 * timed(call)[0] for call in calls][_WARM:]


def against_the_original(effort: Effort) -> Iterator[Row]:
    """do(shape) under the independent story, which is the one that the original really used."""
    explorer = ce.load("scm-vae", story="independent")
    exhibit = checkpoint.read("scm-vae-mlp", SCMVAEMLP).model
    dsprites_set = dataset_named("dsprites")
    wide = SCMVAEMLP(dsprites_set, SCMVAEMLPConfig(hidden=1_000))  # for its time: untrained
    ours, narrow, our_iou, their_iou = [], [], [], []
    asked = random_queries(splits.rows("test"), effort.original, targets=("shape",))
    for query in asked:
        seconds, density = timed(partial(svi_counterfactual, exhibit, query, effort))
        again = [
            timed(partial(explorer.counterfactual, query.factors, do=query.do)) for _ in range(20)
        ]
        answer = again[0][1]
        ours.append(statistics.median(took for took, _ in again))
        narrow.append(seconds)
        our_iou.append(answer.iou)
        their_iou.append(iou(density, answer.truth))
    full = [timed(partial(svi_counterfactual, wide, query, effort))[0] for query in asked[:2]]
    quick = statistics.median(ours)
    yield Row(
        "do(shape), independent story",
        spread([1e3 * took for took in ours], "ms"),
        f"{spread(full, 's')} at 1,000 units; {spread(narrow, 's')} at the exhibit's 240",
        f"{statistics.median(full) / quick:,.0f}; {statistics.median(narrow) / quick:,.0f}",
    )
    yield Row(
        "IoU of its answers with the truth",
        f"{np.nanmean(our_iou):.3f}",
        f"{np.nanmean(their_iou):.3f}, the exhibit's",
    )
