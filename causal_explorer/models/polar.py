"""A code that opens in order and then turns polar: straight factors, then one that comes round.

A factor that comes round lies on a ring in a plane of two units. Several kinds of pictures lie on
several rings, and the radius tells the kind as well as a unit would: two factors share one plane.
In polar form they part. The direction keeps one length for all pictures, and the logarithm of the
length moves to a unit of its own:

    (a, b, c)  to  (s a / r, s b / r, c + (log r - m) / w),    r² = a² + b²

with s, m and w the root mean square of r and the mean and the spread of log r. To first order the
law is the same one in other coordinates; what paints from them has to learn anew.

Which plane that is needs no search: some units are open from the start and take the factors that
save most, and the next two open while no other can take the ring. Units that open one after
another: Li et al. 2020 (arXiv:2002.10549), there for the layers of a hierarchy. No label plays a
part.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_STRAIGHT = 3  # units that are open from the first step on
_PLANE = slice(_STRAIGHT, _STRAIGHT + 2)
_LENGTH = slice(_STRAIGHT + 2, _STRAIGHT + 3)
_OPENS = 0.06  # share of a run at which the plane opens
_SETTLES = 0.04  # share of a run, after the turn, in which only the painter learns
_SHORTEST = 0.1  # of s: nearer to the middle no direction is told
_NARROWEST = 0.1  # w at least
_SLOWEST = 0.001  # weight of a batch in the running moments


class PolarCode(nn.Module):
    """Means and log standard deviations of a code, in order and in polar form.

    Its state is kept with the weights, so that a code is read as it was trained.

    Attributes:
        open: (L,) 1 for units that tell anything, 0 for those that are N(0, 1) yet.
        polar: whether the code has turned.
        moments: means of r², log r and (log r)² over the batches before the turn.
        seen: how many batches these are.
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
        if turn < 1 and latents < _LENGTH.stop:
            raise ValueError(
                f"latent is {latents}: a code that turns polar takes {_LENGTH.stop} or more."
            )
        self.turn, self.turns = turn, turn < 1
        self.stage, self.learns = -1, 1.0
        self.register_buffer("open", torch.ones(latents))
        self.register_buffer("polar", torch.tensor(False))
        self.register_buffer("moments", torch.tensor([1.0, 0.0, 1.0]))
        self.register_buffer("seen", torch.tensor(0.0))

    def begin(self, progress: float) -> None:
        """Told which share of the run is done."""
        if not self.turns:
            return
        stage = (progress >= min(_OPENS, self.turn)) + (progress >= self.turn)
        if stage != self.stage:
            opened = (_STRAIGHT, _PLANE.stop, len(self.open))[stage]
            self.open.copy_(torch.arange(len(self.open)) < opened)
            self.polar.fill_(stage == 2)
            self.stage = stage
        self.learns = float(not self.turn <= progress < self.turn + _SETTLES)

    def forward(self, mean: Tensor, log_sd: Tensor) -> tuple[Tensor, Tensor]:
        """(N, L) each, as the code is told at this part of the run.

        A unit that is not open yet is N(0, 1) whatever the picture. Just after the turn, while
        only the painter learns, no gradient passes.
        """
        if not self.turns:
            return mean, log_sd
        if self.training:
            self._observe(mean[:, _PLANE].detach().norm(dim=1))
        turned_mean, turned_log_sd = self._turned(mean, log_sd)
        mean = torch.where(self.polar, turned_mean, mean) * self.open
        log_sd = torch.where(self.polar, turned_log_sd, log_sd) * self.open
        return self._held(mean), self._held(log_sd)

    def _turned(self, mean: Tensor, log_sd: Tensor) -> tuple[Tensor, Tensor]:
        """In polar form."""
        square, middle, log_square = self.moments
        length = square.sqrt()
        width = (log_square - middle.square()).clamp_min(_NARROWEST**2).sqrt()
        plane, spread = mean[:, _PLANE], log_sd[:, _PLANE]
        r = plane.norm(dim=1, keepdim=True).clamp_min(_SHORTEST * length)
        stretch = length / r
        far = (r.log() - middle) / width
        blur = spread.mean(1, keepdim=True) - (width * r).log()  # of log r / w, to first order
        return (
            _replaced(mean, plane * stretch, mean[:, _LENGTH] + far),
            _replaced(log_sd, spread + stretch.log(), log_sd[:, _LENGTH] + blur),
        )

    def _held(self, told: Tensor) -> Tensor:
        """The same numbers, which pass on their gradient or none."""
        return told.detach().lerp(told, self.learns)

    def _observe(self, r: Tensor) -> None:
        """Follows the moments up to the turn."""
        log_r = r.clamp_min(1e-3).log()
        found = torch.stack([r.square().mean(), log_r.mean(), log_r.square().mean()])
        self.seen += ~self.polar
        share = (1 / self.seen.clamp_min(1)).clamp_min(_SLOWEST)
        self.moments.lerp_(found, share * ~self.polar)


def _replaced(told: Tensor, plane: Tensor, length: Tensor) -> Tensor:
    """(N, L) with its plane and its unit of the length in other numbers."""
    return torch.cat([told[:, : _PLANE.start], plane, length, told[:, _LENGTH.stop :]], 1)
