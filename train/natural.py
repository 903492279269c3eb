"""Natural gradient: steps in units of what the data can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

_MEMORY = 0.998  # of the Fisher matrix: some 500 batches
_MEAN_MEMORY = 0.98  # of the mean gradient
_DAMPING = 1e-5  # of a parameter's own information: how little a direction may have
_RENEWED = 50  # steps between inversions
_UNTOUCHED = 1e-20  # of the largest information: less is rounding
_MOST = 4_096  # numbers: F has their square
_LONGEST = 3.0  # a step's squared length, relative to what noise alone would make of it


class NaturalGradient:
    """w ← w - η F⁻¹ ∇L, with F the Fisher matrix of all n parameters together.

    For a few hundred parameters whose directions the data tell very unevenly: there a diagonal
    preconditioner takes far too long along the weak ones. F is the covariance of the gradient
    of an image, estimated from batches and averaged exponentially. It is taken around the mean
    gradient: around 0, whatever all batches agree on would look like noise and be slowed down.
    A step longer than √3 times its expected length under F is shortened to that.

    Source: Amari 1998, "Natural gradient works efficiently in learning", equations 4 and 5; why
    around the mean: Kunstner, Balles and Hennig 2019, arXiv:1905.12558, section 5.
    """

    def __init__(
        self, parameters: Sequence[nn.Parameter], batch: int, starts: Sequence[float] | None = None
    ) -> None:
        """Starts with no knowledge of F.

        Args:
            parameters: in float64.
            batch: images that a gradient is the mean over.
            starts: from which share of the run on each parameter moves; from the first if None.

        Raises:
            ValueError: more than 4,096 numbers.
        """
        self.parameters, self.batch, self.seen = list(parameters), batch, 0
        count = sum(p.numel() for p in self.parameters)
        if count > _MOST:
            raise ValueError(
                f"train.natural names {count:,} numbers: natural gradient takes {_MOST:,} at most."
            )
        like = self.parameters[0] if self.parameters else torch.zeros(0, dtype=torch.float64)
        self.mean = torch.zeros(count, dtype=like.dtype, device=like.device)
        self.fisher = torch.zeros(count, count, dtype=like.dtype, device=like.device)
        self.inverse = torch.zeros_like(self.fisher)
        each = torch.tensor(starts or [0.0] * len(self.parameters))
        sizes = torch.tensor([p.numel() for p in self.parameters], dtype=torch.int64)
        self.starts = each.repeat_interleave(sizes).to(like.device)

    @property
    def ready(self) -> bool:
        """Whether F is known in all directions: from twice as many batches as numbers."""
        return self.seen >= 2 * len(self.mean) > 0

    @torch.no_grad()
    def observe(self) -> Tensor:
        """Takes the parameters' gradients into F; (n,) all of them."""
        gradient = torch.cat([_gradient(p).flatten() for p in self.parameters])
        self.seen += 1
        self.mean.lerp_(gradient, max(1 - _MEAN_MEMORY, 1 / self.seen))
        noise = gradient - self.mean
        self.fisher.lerp_(self.batch * noise.outer(noise), max(1 - _MEMORY, 1 / self.seen))
        return gradient

    @torch.no_grad()
    def step(self, gradient: Tensor, rate: float, progress: float = 1.0) -> None:
        """Moves the parameters.

        Args:
            gradient: (n,), that `observe` gave.
            rate: η; 1 would trust this batch alone.
            progress: share of the run that is done.
        """
        moving = self.starts <= progress
        if self.seen % _RENEWED == 0 or not self.inverse.any():
            self.inverse.copy_(_damped_inverse(self.fisher))
        gradient = gradient * moving
        way = (self.inverse @ gradient) * moving
        length = self.batch * (gradient @ way) / len(gradient)  # 1 where it is all noise
        way *= rate * (_LONGEST / length.clamp(min=_LONGEST)).sqrt()
        for parameter, part in zip(
            self.parameters, way.split([p.numel() for p in self.parameters]), strict=True
        ):
            parameter -= part.view_as(parameter)

    def state_dict(self) -> dict[str, Any]:
        """What a run needs to go on exactly."""
        return {
            "mean": self.mean,
            "fisher": self.fisher,
            "inverse": self.inverse,
            "seen": self.seen,
        }

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Takes over what `state_dict` gave."""
        for name in ("mean", "fisher", "inverse"):
            getattr(self, name).copy_(state[name])
        self.seen = int(state["seen"])


def _gradient(parameter: nn.Parameter) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def _damped_inverse(fisher: Tensor) -> Tensor:
    """F⁻¹, each direction's information lifted a little; what no gradient touches stays put."""
    information = fisher.diagonal()
    touched = information > _UNTOUCHED * information.max()
    scale = torch.where(touched, information, 1).rsqrt() * touched
    correlation = fisher * scale[:, None] * scale
    values, vectors = torch.linalg.eigh(correlation)
    inverse = (vectors / (values.clamp(min=0) + _DAMPING)) @ vectors.mT
    return inverse * scale[:, None] * scale
