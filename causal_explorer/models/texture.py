"""Texture: which part of a sprite is on, by where in it a pixel lies.

    t_p = Σ_jk C_jk b_j(down_p) b_k(right_p) + c(inset_p)

A series in sines over the offset from the sprite's centre, which moves with the sprite between
the pixels, and a curve over how far inside the outline a pixel lies. The transpose reads a
picture back: it is what the encoder looks at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

POINTS = 28  # of the curve, from the outline inwards
_STEP = 0.5  # pixels between two of them
_PERIOD = 40.0  # pixels after which the series repeats: wider than any sprite


@dataclass(frozen=True)
class Places:
    """Where M pixels of N windows lie in their sprites.

    Attributes:
        right: (N, W, B) the series' terms at each column.
        down: (N, W, B) at each row.
        pixels: (M,) int64 among all N·W·W.
        points: (M,) int64 among all N·28: the curve's point on the outer side of each.
        share: (M,) how far on the way to the next point.
    """

    right: Tensor
    down: Tensor
    pixels: Tensor
    points: Tensor
    share: Tensor

    @classmethod
    def of(cls, right: Tensor, down: Tensor, pixels: Tensor, inset: Tensor, waves: int) -> Places:
        """Looks up what both directions need.

        Args:
            right: (N, W) columns right of the sprite's centre, pixels.
            down: (N, W) rows below it, pixels.
            pixels: (M,) int64 among all N·W·W.
            inset: (M,) how far inside the outline each lies, pixels; negative outside.
            waves: of the series along either axis, each with a cosine and a sine.
        """
        at = (inset / _STEP).clamp(0, POINTS - 1.001)
        before = at.floor()
        image = pixels // right.shape[1] ** 2
        points = image * POINTS + before.long()
        return cls(_terms(right, waves), _terms(down, waves), pixels, points, at - before)

    def paint(self, coefficients: Tensor) -> Tensor:
        """(M,) t of (N, B·B + 28) coefficients of the series and points of the curve."""
        terms = self.right.shape[2]
        series, curve = coefficients.split([terms**2, POINTS], dim=1)
        waves = self.down @ series.reshape(-1, terms, terms) @ self.right.mT
        outer, inner = (curve.flatten()[self.points + step] for step in (0, 1))
        return waves.flatten()[self.pixels] + outer.lerp(inner, self.share)

    def read(self, values: Tensor) -> Tensor:
        """(N, B·B + 28): how much of (M,) values lies on each term and each point."""
        count, side = self.right.shape[:2]
        picture = values.new_zeros(count * side**2).index_copy(0, self.pixels, values)
        waves = self.down.mT @ picture.view(count, side, side) @ self.right
        curve = values.new_zeros(count * POINTS)
        curve.index_add_(0, self.points, values * (1 - self.share))
        curve.index_add_(0, self.points + 1, values * self.share)
        return torch.cat([waves.flatten(1), curve.view(count, POINTS)], dim=1)


def both(one: Tensor, other: Tensor) -> Tensor:
    """Logit of σ(one) σ(other): inside the outline, and on in the texture."""
    return -torch.stack([-one, -other, -one - other]).logsumexp(0)


def _terms(offset: Tensor, waves: int) -> Tensor:
    """(N, W) pixels to (N, W, 2K+1): 1, cosines, sines."""
    wave = torch.arange(1, waves + 1, device=offset.device)
    angle = offset[..., None] * wave * (2 * math.pi / _PERIOD)
    return torch.cat([torch.ones_like(offset)[..., None], angle.cos(), angle.sin()], dim=-1)
