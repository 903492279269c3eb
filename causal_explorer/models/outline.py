"""The decoder p(x | v, z): a learned outline of each shape, placed by a learned pose."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from causal_explorer.models.pose import Pose
from causal_explorer.models.window import WindowedBernoulli


class OutlineDecoder(nn.Module):
    """logit_p = κ (ρ_scale · r_shape(φ_p; z) - d_p), with (d_p, φ_p) the pixel's polar coordinates.

    r is a table of the outline's radius at evenly spaced angles, read by linear
    interpolation; z deforms it along learned directions. A spatial transformer (Jaderberg
    et al. 2015, arXiv:1506.02025) whose template is an outline instead of a grid.
    """

    def __init__(self, shapes: int, angles: int, latent: int, pose: Pose) -> None:
        super().__init__()
        self.pose = pose
        self.radius = nn.Parameter(torch.ones(shapes, angles))
        self.bend = nn.Parameter(1e-3 * torch.randn(shapes, latent, angles))
        self.log_sharpness = nn.Parameter(torch.zeros(()))

    def forward(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, 5) int64 classes and (N, L) latents."""
        place = v[:, 1:]
        distance, angle = self.pose.polar(place)
        shape = functional.one_hot(v[:, 0], len(self.radius)).to(z.dtype)
        styled = (shape[:, :, None] * z[:, None, :]).flatten(1)  # z, in its shape's columns
        outline = shape @ self.radius + styled @ self.bend.flatten(0, 1)
        edge = self.pose.log_radius[place[:, 0]].exp()[:, None, None] * _read(outline, angle)
        logits = self.log_sharpness.exp() * (edge - distance)
        return WindowedBernoulli(logits, self.pose.corner(place))


def _read(outline: Tensor, angle: Tensor) -> Tensor:
    """Reads (N, A) tables around the circle at (N, W, W) angles (radians), linearly."""
    count = outline.shape[1]
    position = angle.flatten(1) * (count / (2 * torch.pi))
    below = position.detach().floor()
    weight = position - below
    first = below.long() % count
    second = (first + 1) % count
    value = outline.gather(1, first) * (1 - weight) + outline.gather(1, second) * weight
    return value.view_as(angle)
