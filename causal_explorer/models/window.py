"""p(x) of a picture that is dark but for a window: independent pixels."""

from __future__ import annotations

from typing import ClassVar

import torch
from pyro.distributions import TorchDistribution
from torch import Tensor
from torch.distributions import constraints
from torch.nn import functional

from causal_explorer.data.raster import SIZE

BACKGROUND = -20.0  # logit of a pixel outside the window: on once in 500 million


class WindowedBernoulli(TorchDistribution):
    """x_p ~ Bernoulli(σ(logit_p)), with one constant logit outside a window.

    Painting a window costs a quarter of the whole canvas, and no exactness: the likelihood
    of the pixels outside is counted too.

    Attributes:
        logits: (N, W, W) inside the window.
        corner: (N, 2) int64, row and column of its first pixel.
        pixels: (N, W·W) int64, where in the flattened picture the window's pixels lie.
    """

    arg_constraints: ClassVar = {}  # type: ignore[misc]
    support: ClassVar = constraints.independent(constraints.boolean, 2)  # type: ignore[misc]

    def __init__(self, logits: Tensor, corner: Tensor) -> None:
        """Lays out the window.

        Args:
            logits: (N, W, W).
            corner: (N, 2) int64, row and column of the window's first pixel.
        """
        self.logits, self.corner = logits, corner
        self.pixels = pixels_of_window(corner, logits.shape[-1])
        shapes = torch.Size(logits.shape[:1]), torch.Size((SIZE, SIZE))
        super().__init__(*shapes, validate_args=False)

    def expand(self, batch_shape: torch.Size, _instance: object = None) -> WindowedBernoulli:
        if torch.Size(batch_shape) != self.batch_shape:
            raise NotImplementedError("A WindowedBernoulli keeps its batch shape.")
        return self

    @property
    def canvas(self) -> Tensor:
        """(N, 64, 64) logits, those outside the window included."""
        flat = self.logits.new_full((len(self.logits), SIZE**2), BACKGROUND)
        return flat.scatter(1, self.pixels, self.logits.flatten(1)).view(-1, SIZE, SIZE)

    @property
    def mean(self) -> Tensor:
        """(N, 64, 64) probabilities that a pixel is on."""
        return self.canvas.sigmoid()

    def sample(self, sample_shape: tuple[int, ...] = ()) -> Tensor:  # type: ignore[override]
        """x ~ p(x): sample_shape + (N, 64, 64) floats of 0 and 1."""
        return torch.bernoulli(self.mean.expand(*sample_shape, -1, -1, -1))

    def log_prob(self, value: Tensor) -> Tensor:
        """log p(x) of (N, 64, 64) pictures of 0 and 1: (N,) nats."""
        flat = value.flatten(-2).to(self.logits.dtype)
        inside = flat.gather(-1, self.pixels)
        logits = self.logits.flatten(1)
        cost = functional.binary_cross_entropy_with_logits(logits, inside, reduction="none")
        on = flat.sum(-1) - inside.sum(-1)
        off = SIZE**2 - logits.shape[1] - on
        dark = functional.logsigmoid(logits.new_tensor([BACKGROUND, -BACKGROUND]))
        return on * dark[0] + off * dark[1] - cost.sum(-1)


def pixels_of_window(corner: Tensor, side: int) -> Tensor:
    """(N, side²) int64 places in the flattened picture of (N, 2) windows' first row and column."""
    offset = torch.arange(side, device=corner.device)
    row, column = corner[:, 0, None] + offset, corner[:, 1, None] + offset
    return (row[:, :, None] * SIZE + column[:, None, :]).flatten(1)
