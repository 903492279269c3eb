"""What the gradients of a run follow."""

from __future__ import annotations

from torch import Tensor, nn

from causal_explorer.models.base import Model


class Objective(nn.Module):
    """The loss of a batch in nats an image: the forward pass that a group's gradients follow."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, v: Tensor, x: Tensor) -> Tensor:
        """The loss of (N, V) labels and (N, …) pictures."""
        return self.model.loss(v, self.model.training_view(x))


def require_batch(model: Model, batch: int, processes: int) -> None:
    """Refuses a batch that cannot be dealt out, or of one where its statistics are taken.

    Raises:
        ValueError: so many units do not make a part for each process.
    """
    if batch % processes:
        raise ValueError(
            f"train.batch is {batch}: {processes} processes take a multiple of {processes}."
        )
    normalised = any(isinstance(part, nn.BatchNorm1d) for part in model.modules())
    if normalised and batch // processes < 2:
        raise ValueError(
            f"train.batch is {batch}: the network is normalised over a batch, so each process "
            "takes 2 units or more."
        )
