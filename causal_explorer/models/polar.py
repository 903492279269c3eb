"""A code that opens in order and then turns polar: straight factors, then one that comes round.

A factor that comes round lies on a ring in a plane of two units. Several kinds of pictures lie on
several rings, and a radius of each tells the kind as well as a unit would, so that two factors
share one plane. In polar form they part: the direction keeps one length for all pictures, and the
logarithm of the length moves to a unit of its own. To first order the law is the same one in other
coordinates; what paints from them has to learn anew.

    (a, b, c)  to  (s a / r, s b / r, c + (log r - m) / w),    r² = a² + b²

Which plane that is needs no search: some units are open from the start and take the factors that
save most, and the next two open while no other can take the ring. Units that open one after
another: Li et al. 2020 (arXiv:2002.10549), there for the layers of a hierarchy. Labels play no part.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_STRAIGHT = 3  # units that are open from the first step on
_NEXT = 0.06  # share of a run at which the plane opens
_SETTLES = 0.04  # share of a run after the turn in which only the painter learns
_SHORTEST = 0.1  # of the rings' length: a direction is not told nearer to the middle
_SLOWEST = 0.001  # share of a batch in the running moments
_NARROWEST = 0.1  # spread of log r


class PolarCode(nn.Module):
    """Means and log standard deviations of a code of N(0, I), in order and in polar form.

    Its state is kept with the weights, so that a code is read as it was trained.
    """

    open: Tensor
    polar: Tensor
    moments: Tensor
    seen: Tensor

    def __init__(self, latents: int, turn: float) -> None:
        """Takes the units, and the share of a run at which the code turns polar: 1 for never.

        Raises:
            ValueError: fewer than 6 units for a code that turns.
        """
        super().__init__()
        self.orders = turn < 1
        if self.orders and latents < _STRAIGHT + 3:
            raise ValueError(
                f"latent is {latents}: a code that turns polar takes {_STRAIGHT + 3} or more."
            )
        self.turn, self.stage, self.learns = turn, -1, 1.0
        self.register_buffer("open", torch.ones(latents))
        self.register_buffer("polar", torch.tensor(False))
        self.register_buffer("moments", torch.tensor([1.0, 0.0, 1.0]))  # of r², log r, (log r)²
        self.register_buffer("seen", torch.tensor(0.0))  # batches

    def begin(self, progress: float) -> None:
        """Told which share of the run is done."""
        if not self.orders:
            return
        stage = (progress >= min(_NEXT, self.turn)) + (progress >= self.turn)
        if stage != self.stage:
            opened = (_STRAIGHT, _STRAIGHT + 2, len(self.open))[stage]
            self.open.copy_(torch.arange(len(self.open)) < opened)
            self.polar.fill_(stage == 2)
            self.stage = stage
        self.learns = float(not self.turn <= progress < self.turn + _SETTLES)

    def forward(self, mean: Tensor, log_sd: Tensor) -> tuple[Tensor, Tensor]:
        """(N, L) each, as the code is told at this part of the run.

        A unit that is not open yet is N(0, 1) whatever the picture. Just after the turn, while
        only the painter learns, no gradient passes.
        """
        if not self.orders:
            return mean, log_sd
        plane = mean[:, _STRAIGHT : _STRAIGHT + 2]
        if self.training and self.stage < 2:
            self._observe(plane.detach().norm(dim=1))
        mean, log_sd = (
            torch.where(self.polar, turned, plain)
            for turned, plain in zip(self._turned(mean, log_sd, plane), (mean, log_sd), strict=True)
        )
        return self._held(mean * self.open), self._held(log_sd * self.open)

    def _held(self, told: Tensor) -> Tensor:
        return told.detach().lerp(told, self.learns)  # the same numbers

    def _turned(self, mean: Tensor, log_sd: Tensor, plane: Tensor) -> tuple[Tensor, Tensor]:
        square, middle, log_square = self.moments
        length = square.sqrt()
        width = (log_square - middle.square()).clamp_min(_NARROWEST**2).sqrt()
        r = plane.norm(dim=1, keepdim=True).clamp_min(_SHORTEST * length)
        own = _STRAIGHT + 2  # the unit of the length
        ends = mean[:, :_STRAIGHT], log_sd[:, :_STRAIGHT]
        spread = log_sd[:, _STRAIGHT:own]
        far = (r.log() - middle) / width
        blur = spread.mean(1, keepdim=True) - (width * r).log()
        means = [ends[0], plane * length / r, mean[:, own : own + 1] + far, mean[:, own + 1 :]]
        logs = [ends[1], spread + (length / r).log(), log_sd[:, own : own + 1] + blur]
        return torch.cat(means, 1), torch.cat([*logs, log_sd[:, own + 1 :]], 1)

    def _observe(self, r: Tensor) -> None:
        log_r = r.clamp_min(1e-3).log()
        found = torch.stack([r.square().mean(), log_r.mean(), log_r.square().mean()])
        self.seen += 1
        self.moments.lerp_(found, (1 / self.seen).clamp_min(_SLOWEST))
