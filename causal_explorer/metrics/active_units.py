"""Active units: the latents that a model uses.

A unit is active where KL(q ‖ p), averaged over held-out pictures, is above 0.01 nats; a layer is
where one of its units is. Sønderby et al. 2016 (arXiv:1602.02282), section 3, count so.
Burda et al. 2016 (arXiv:1509.00519), section 5.3, ask instead whether the mean of q moves with
the picture; `moving` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from causal_explorer.metrics.codes import as_array
from causal_explorer.models.ladder_vae import LadderVAE
from causal_explorer.wording import listed

ACTIVE_NATS = 0.01
ACTIVE_VARIANCE = 0.01


@torch.no_grad()
def unit_kl(
    model: LadderVAE, batches: Iterable[Tensor], generator: torch.Generator
) -> list[np.ndarray]:
    """KL of each unit in nats, averaged over pictures; (L,) float64 a layer, from the picture up.

    Args:
        model: in evaluation mode.
        batches: of (N, S, S) pictures.
        generator: of one draw of z a picture.

    Raises:
        ValueError: there is no picture.
    """
    totals, images = [torch.zeros(size, dtype=torch.float64) for size in model.sizes], 0
    for x in batches:
        found = model.unit_kl(model.infer(x, generator))
        totals = [t + each.double().sum(0).cpu() for t, each in zip(totals, found, strict=True)]
        images += len(x)
    if not images:
        raise ValueError("There is no picture: the KL of a unit is a mean over pictures.")
    return [(total / images).numpy() for total in totals]


def active(kl: Sequence[ArrayLike]) -> list[int]:
    """How many units of each layer are active, from the nats of each unit.

    Raises:
        ValueError: some are no finite number, or not a row of them for each layer.
    """
    layers = [as_array(each, "kl takes (L,) nats of each layer") for each in kl]
    if not all(each.ndim == 1 for each in layers):
        raise ValueError(f"kl has shapes {listed(each.shape for each in layers)}: it takes (L,).")
    if not all(np.isfinite(each).all() for each in layers):
        raise ValueError("kl takes finite nats: some are infinite or no numbers.")
    return [int((each > ACTIVE_NATS).sum()) for each in layers]


def moving(means: ArrayLike) -> np.ndarray:
    """(L,) whether a unit's mean moves with the picture: Var_x E q(z | x) > 0.01.

    Args:
        means: (N, L) of q, one row a picture.

    Raises:
        ValueError: fewer than two pictures, or means that are not finite.
    """
    means = as_array(means, "means takes (N, L) numbers")
    if means.ndim != 2 or len(means) < 2 or not np.isfinite(means).all():
        raise ValueError(
            f"means has shape {means.shape}: it takes (N, L) finite ones of two pictures or more."
        )
    return means.astype(np.float64).var(axis=0) > ACTIVE_VARIANCE
