"""Held-out sprites with their classes, as measures take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data import dsprites
from causal_explorer.inference.world import World
from causal_explorer.metrics.queries import Query

_AT_ONCE = 1_024  # pictures in one batch


def asked_about(world: World, queries: Sequence[Query]) -> tuple[Tensor, Tensor]:
    """(N, 64, 64) pictures of 0 and 1, and (N, V) int64 classes, of queries' sprites."""
    names = [variable.name for variable in world.story.variables]
    v = np.array([[query.factors[name] for name in names] for query in queries])
    return _drawn(world, v)


def batches(
    world: World, rows: np.ndarray, count: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Random sprites, each once: (N, V) int64 classes and (N, 64, 64) pictures of 0 and 1.

    Args:
        world: whose renderer draws them.
        rows: of dSprites to draw from.
        count: how many.
        seed: of the draws.
    """
    chosen = np.random.default_rng(seed).choice(rows, count, replace=False)
    for start in range(0, count, _AT_ONCE):
        x, v = _drawn(world, dsprites.classes_of(chosen[start : start + _AT_ONCE]))
        yield v, x


def _drawn(world: World, classes: np.ndarray) -> tuple[Tensor, Tensor]:
    x = torch.from_numpy(world.dataset.render(classes)).float()
    return x.to(world.device), torch.from_numpy(classes).to(world.device)
