"""What a network is measured by on held-out pictures, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from causal_explorer.metrics.likelihood import Likelihood, likelihood
from causal_explorer.metrics.recognition import Recognition, recognition
from causal_explorer.metrics.terms import Terms, terms
from causal_explorer.models.base import LatentModel, Model
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.recogniser import Recogniser

Measured = Likelihood | Recognition | Terms


def measure(
    model: Model,
    batches: Iterable[tuple[Tensor, Tensor]],
    generator: torch.Generator,
) -> Measured:
    """The likelihood of an image model, the accuracy of a recogniser, else the loss by its terms.

    Args:
        model: the network.
        batches: of (labels (N, V), pictures (N, …)), on its device.
        generator: for z, on the CPU.
    """
    if isinstance(model, Recogniser):
        return recognition(model, batches, generator)
    if isinstance(model, ImageMechanism):
        return likelihood(model, batches, generator)
    if isinstance(model, LatentModel):
        return terms(model, batches)
    raise TypeError(f"{type(model).__name__} has no held-out measure.")
