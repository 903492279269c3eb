"""Importance-sampled log-likelihood: how probable a model thinks held-out pictures are.

    log p(x) ≥ E log 1/K Σₖ p(x, zₖ) / q(zₖ | x),   zₖ ~ q(z | x)

K = 1 is the ELBO; the bound rises with K, and reaches log p(x) as K grows.
Source: Burda, Grosse and Salakhutdinov 2016 (arXiv:1509.00519), equation 8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from causal_explorer.metrics.codes import as_array


@dataclass(frozen=True)
class Importance:
    """A bound on log p(x), for held-out pictures.

    Attributes:
        each: (N,) float64 nats, one a picture.
        samples: K, draws of z for each.
    """

    each: np.ndarray = field(repr=False)
    samples: int

    @property
    def nats(self) -> float:
        """The mean over pictures."""
        return float(self.each.mean())

    @property
    def standard_error(self) -> float:
        """Of the mean, over pictures; not a number where there is one."""
        return _standard_error(self.each)

    def above(self, other: Importance) -> tuple[float, float]:
        """How much higher this one is than another on the same pictures, and its standard error.

        Raises:
            ValueError: they were not measured on as many pictures.
        """
        if len(self.each) != len(other.each):
            raise ValueError(
                f"One was measured on {len(self.each)} pictures and the other on "
                f"{len(other.each)}: a difference takes the same pictures."
            )
        apart = self.each - other.each
        return float(apart.mean()), _standard_error(apart)


@torch.no_grad()
def importance(
    log_weight: Callable[[Tensor], Tensor], batches: Iterable[Tensor], samples: int
) -> Importance:
    """Draws z and averages the weights.

    Args:
        log_weight: (N, …) pictures to (N,) log p(x, z) - log q(z | x) at a fresh draw of z.
        batches: of pictures.
        samples: K.

    Raises:
        ValueError: no draw, or no picture.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}: it takes 1 or more.")
    parts = [bound(torch.stack([log_weight(x) for _ in range(samples)])) for x in batches]
    if not sum(len(part) for part in parts):
        raise ValueError("There is no picture: a likelihood takes at least one.")
    return Importance(torch.cat(parts).cpu().numpy(), samples)


def bound(log_weights: Tensor | ArrayLike) -> Tensor:
    """(N,) float64 log 1/K Σ exp of (K, N) log weights; -inf where no draw explains a picture.

    Raises:
        ValueError: no draw, or weights that are no numbers.
    """
    if not isinstance(log_weights, Tensor):
        log_weights = torch.from_numpy(as_array(log_weights, "log_weights takes (K, N) numbers"))
    if log_weights.ndim != 2:
        raise ValueError(f"log_weights has shape {tuple(log_weights.shape)}: it takes (K, N).")
    if not len(log_weights) or log_weights.isnan().any():
        raise ValueError("log_weights takes one draw or more, and no NaN.")
    return log_weights.double().logsumexp(0) - math.log(len(log_weights))


def _standard_error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
