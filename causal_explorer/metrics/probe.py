"""Probe: what z tells of the factors, which it should not, as they are given beside it.

A z that knows the factual factors takes them along into the counterfactual picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional

from causal_explorer.metrics.codes import require_codes, several
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.scm.variables import Variable

_TAKES = "A probe takes latents and classes to learn from, and likewise to be scored on"
_HIDDEN, _STEPS, _BATCH, _RATE = 128, 800, 512, 3e-3  # well past where its accuracy settles


@dataclass(frozen=True)
class Probed:
    """How well a factor can be told from z.

    Attributes:
        accuracy: of the probe on pictures that it did not learn from.
        chance: of naming their most frequent class each time.
    """

    accuracy: float
    chance: float


@torch.no_grad()
def draw_latents(model: ImageMechanism, x: Tensor, v: Tensor, generator: torch.Generator) -> Tensor:
    """(N, L) draws of q(z | x, v), as the decoder is given them.

    Args:
        model: the model.
        x: (N, 64, 64) pictures of 0 and 1.
        v: (N, V) int64 their classes.
        generator: on the CPU.
    """
    posterior = model.encode(x.float(), v)
    noise = torch.randn(posterior.mean.shape, generator=generator).to(x.device)
    return posterior.mean + posterior.stddev * noise


def probe(
    learnt: tuple[ArrayLike, ArrayLike],
    held_out: tuple[ArrayLike, ArrayLike],
    variables: Sequence[Variable],
    generator: torch.Generator,
) -> dict[str, Probed]:
    """Trains p(v_i | z), a network of one hidden layer with a head for each factor, and scores it.

    Args:
        learnt: (N, L) latents and (N, V) int64 classes to learn from.
        held_out: the same of other pictures, to be scored on.
        variables: the columns of the classes.
        generator: of the first weights and of the order, on the CPU.

    Raises:
        ValueError: not as many finite latents as classes of every variable, fewer than two to
            learn from, or a class that a variable does not have.
    """
    sizes = [variable.classes for variable in variables]
    (z, classes), (asked, v) = several(learnt, 2, _TAKES), several(held_out, 2, _TAKES)
    (z, classes), (asked, v) = _checked(z, classes, sizes), _checked(asked, v, sizes)
    if len(z) < 2 or z.shape[1] != asked.shape[1]:
        raise ValueError(
            f"A probe learns from two latents or more, and is scored on as many units, not "
            f"{tuple(z.shape)} and {tuple(asked.shape)}."
        )
    first = z.float()
    mean, spread = first.mean(0), first.std(0)
    spread = torch.where(spread > 0, spread, 1.0)
    weights = _train((first - mean) / spread, classes, sizes, generator)
    named = [law.argmax(1) for law in _laws((asked.float() - mean) / spread, weights, sizes)]
    return {
        variable.name: Probed(
            accuracy=float((named[i] == v[:, i]).float().mean()),
            chance=float(torch.bincount(v[:, i]).max()) / len(v),
        )
        for i, variable in enumerate(variables)
    }


def _checked(z: np.ndarray, v: np.ndarray, sizes: list[int]) -> tuple[Tensor, Tensor]:
    """What the probe reads: latents, and int64 classes that the variables have."""
    z, v = require_codes(z, v, "A probe")
    if v.shape[1] != len(sizes):
        raise ValueError(f"A probe takes classes of {len(sizes)} variables, not {v.shape[1]}.")
    for place, size in enumerate(sizes):
        low, high = int(v[:, place].min()), int(v[:, place].max())
        if low < 0 or high >= size:
            raise ValueError(
                f"A probe takes classes from 0 to {size - 1} in column {place}: it holds {low} to "
                f"{high}."
            )
    return torch.from_numpy(np.ascontiguousarray(z)), torch.from_numpy(v.astype(np.int64))


def _train(
    z: Tensor, v: Tensor, sizes: list[int], generator: torch.Generator
) -> Mapping[str, Tensor]:
    """Minimises -Σ_i log p(v_i | z) by Adam."""
    weights = {
        "in": torch.randn(z.shape[1], _HIDDEN, generator=generator, dtype=z.dtype)
        / z.shape[1] ** 0.5,
        "in_bias": torch.randn(_HIDDEN, generator=generator, dtype=z.dtype) / 2,
        "out": torch.zeros(_HIDDEN, sum(sizes), dtype=z.dtype),
        "out_bias": torch.zeros(sum(sizes), dtype=z.dtype),
    }
    for weight in weights.values():
        weight.requires_grad_()
    optimiser = torch.optim.Adam(weights.values(), lr=_RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, _STEPS)
    for _ in range(_STEPS):
        rows = torch.randint(len(z), (_BATCH,), generator=generator)
        laws = _laws(z[rows], weights, sizes)
        loss = torch.stack(
            [functional.cross_entropy(law, v[rows, i]) for i, law in enumerate(laws)]
        ).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return {name: weight.detach() for name, weight in weights.items()}


def _laws(z: Tensor, weights: Mapping[str, Tensor], sizes: list[int]) -> tuple[Tensor, ...]:
    """For each factor, (N, K) logits of p(v_i | z)."""
    hidden = torch.tanh(z @ weights["in"] + weights["in_bias"])
    return (hidden @ weights["out"] + weights["out_bias"]).split(sizes, dim=1)
