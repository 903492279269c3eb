"""Held-out loss of a latent variable model, and the terms that it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from causal_explorer.models.base import LatentModel


@dataclass(frozen=True)
class Terms:
    """Means over units, nats each.

    Attributes:
        loss: what training minimises, from draws of its own: an estimate beside the terms.
        terms: by name, among them "image_nats" and "kl_nats".
        images: how many units.
    """

    loss: float
    terms: dict[str, float]
    images: int

    @property
    def curve(self) -> dict[str, float]:
        """What a training run follows."""
        return self.terms

    @property
    def table(self) -> dict[str, str]:
        """What a card says of it."""
        rows = {k.removesuffix("_nats"): f"{v:.4f} nats" for k, v in self.terms.items()}
        return {"held-out loss": f"{self.loss:.4f} nats a unit"} | rows


@torch.no_grad()
def terms(model: LatentModel, batches: Iterable[tuple[Tensor, Tensor]]) -> Terms:
    """Averages the terms, with the model in evaluation mode and its draws seeded.

    Args:
        model: the model.
        batches: of (labels (N, V), pictures (N, …)), on its device.

    Raises:
        ValueError: there is no unit.
    """
    was_training = model.training
    model.eval()
    loss, images, totals = 0.0, 0, {}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for v, x in batches:
            found = model.terms(v, x)
            loss += float(model.loss(v, x)) * len(x)
            images += len(x)
            for name, each in found.items():
                totals[name] = totals.get(name, 0.0) + float(each.double().sum())
    model.train(was_training)
    if not images:
        raise ValueError("There is no unit: a loss takes at least one.")
    return Terms(loss / images, {name: total / images for name, total in totals.items()}, images)
