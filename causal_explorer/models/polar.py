"""A code that opens in order and then turns polar: interval factors first, then a periodic one.

A periodic factor lies on a ring in a plane of two units. Several kinds of pictures lie on several
rings, and the radius tells the kind about as well as a unit would: two factors share one plane. In
polar form they part. Directions keep one radius for all pictures, and the logarithm of the radius
moves to a unit of its own:

    (a, b, c)  to  (s a / r, s b / r, c + (log r - m) / w),    r² = a² + b²

with s, m and w the root mean square of r and the mean and the standard deviation of log r. Where a
and b are equally uncertain and c told nothing yet, direction and log r keep their law to first
order. The painter has to learn the new numbers, so the encoder gets no gradient meanwhile.

Which plane that is needs no search: some units are open from the start and take the factors that
save most, and the next two open while no other can take the ring. Units that open one after
another: Li et al. 2020 (arXiv:2002.10549), there for the layers of a hierarchy. No label plays a
part; that three factors come first and one is periodic is what dSprites is known to be made of.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_FIRST = 3  # units that are open from the first step on
PLANE = slice(_FIRST, _FIRST + 2)  # of the periodic factor
RADIUS = slice(_FIRST + 2, _FIRST + 3)  # the unit that its logarithm moves to
_SETTLES = 0.04  # share of a run, after the turn, in which the encoder gets no gradient
_OPENS = 0.15  # share of the time up to the turn at which the plane opens
_CENTRE = 0.1  # of s: within it the radius falls towards 0, since a direction there is noise
_SMALLEST = 1e-3  # r
_NARROWEST = 0.1  # w
_WIDEST = 1.0  # log standard deviation in polar form, which divides by r
_SLOWEST = 0.001  # weight of a batch in the running means


class PolarCode(nn.Module):
    """Means and log standard deviations of a code, in order and in polar form.

    Its state is kept with the weights, so that a code is read as it was trained.

    Attributes:
        open: (L,) 1 for units that tell something, 0 for those that are still N(0, 1).
        polar: whether the code has turned.
        moments: running means of r², log r and (log r)² up to the turn, over some 1,000 batches.
        seen: batches up to the turn.
    """

    open: Tensor
    polar: Tensor
    moments: Tensor
    seen: Tensor

    def __init__(self, latents: int, turn: float) -> None:
        """Takes the units, and the share of a run at which the code turns polar.

        With 1 it never turns, and all units are open throughout.

        Raises:
            ValueError: fewer than 6 units for a code that turns, or no time to learn afterwards.
        """
        super().__init__()
        self.turn, self.turns, self.passes = turn, turn < 1, 1.0
        if self.turns and latents < RADIUS.stop:
            raise ValueError(
                f"latent is {latents}: a code that turns polar takes {RADIUS.stop} or more."
            )
        if 1 - _SETTLES <= turn < 1:
            raise ValueError(f"polar is {turn:g}: it takes a share below {1 - _SETTLES:g}, or 1.")
        self.register_buffer("open", torch.ones(latents), persistent=self.turns)
        self.register_buffer("polar", torch.tensor(False), persistent=self.turns)
        self.register_buffer("moments", torch.tensor([1.0, 0.0, 1.0]), persistent=self.turns)
        self.register_buffer("seen", torch.tensor(0.0), persistent=self.turns)

    def begin(self, progress: float) -> None:
        """Told which share of the run is done."""
        if not self.turns:
            return
        turned = progress >= self.turn
        plane = progress >= _OPENS * self.turn
        self.open[PLANE] = float(plane)
        self.open[PLANE.stop :] = float(turned)
        self.polar.fill_(turned)
        self.passes = float(not self.turn <= progress < self.turn + _SETTLES)

    def forward(self, mean: Tensor, log_sd: Tensor) -> tuple[Tensor, Tensor]:
        """(N, L) each, as the code is told at this part of the run."""
        if not self.turns:
            return mean, log_sd
        r = mean[:, PLANE].norm(dim=1, keepdim=True).clamp_min(_SMALLEST)
        if self.training:
            self._observe(r.detach())
        polar_mean, polar_log_sd = self._turned(mean, log_sd, r)
        mean = torch.where(self.polar, polar_mean, mean) * self.open
        log_sd = torch.where(self.polar, polar_log_sd, log_sd) * self.open
        return self._passed(mean), self._passed(log_sd)

    def _turned(self, mean: Tensor, log_sd: Tensor, r: Tensor) -> tuple[Tensor, Tensor]:
        """In polar form."""
        square, m, log_square = self.moments
        s, w = square.sqrt(), (log_square - m.square()).clamp_min(_NARROWEST**2).sqrt()
        r = r.clamp_min(_CENTRE * s)
        plane, plane_log_sd = mean[:, PLANE] * s / r, log_sd[:, PLANE] + (s / r).log()
        far = (r.log() - m) / w
        far_log_sd = log_sd[:, PLANE].mean(1, keepdim=True) - (w * r).log()
        radius_log_sd = (log_sd[:, RADIUS] + far_log_sd).clamp_max(_WIDEST)
        return (
            _replaced(mean, plane, mean[:, RADIUS] + far),
            _replaced(log_sd, plane_log_sd.clamp_max(_WIDEST), radius_log_sd),
        )

    def _passed(self, told: Tensor) -> Tensor:
        """The same numbers, with their gradient or one of 0, for which a group need not wait."""
        return told.detach().lerp(told, self.passes)

    def _observe(self, r: Tensor) -> None:
        """Follows the moments up to the turn."""
        log_r = r.log()
        found = torch.stack([r.square().mean(), log_r.mean(), log_r.square().mean()])
        self.seen += ~self.polar
        share = (1 / self.seen.clamp_min(1)).clamp_min(_SLOWEST)
        self.moments.lerp_(found, share * ~self.polar)


def _replaced(told: Tensor, plane: Tensor, radius: Tensor) -> Tensor:
    """(N, L) with its plane and its unit of the radius in other numbers."""
    return torch.cat([told[:, : PLANE.start], plane, radius, told[:, RADIUS.stop :]], 1)
