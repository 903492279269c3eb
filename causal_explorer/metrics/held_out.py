"""What a network is measured by on held-out pictures, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from causal_explorer.metrics.likelihood import Likelihood, likelihood
from causal_explorer.metrics.recognition import Recognition, recognition
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.recogniser import Recogniser

Measured = Likelihood | Recognition


def measure(
    model: ImageMechanism | Recogniser,
    batches: Iterable[tuple[Tensor, Tensor]],
    generator: torch.Generator,
) -> Measured:
    """The likelihood of an image model, the accuracy of a recogniser.

    Args:
        model: the network.
        batches: of (classes (N, V) int64, pictures (N, 64, 64) of 0 and 1), on its device.
        generator: for z, on the CPU.
    """
    if isinstance(model, Recogniser):
        return recognition(model, batches)
    return likelihood(model, batches, generator)
