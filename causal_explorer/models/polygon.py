"""The decoder p(x | v, z): a learned outline of each shape, placed by a learned pose."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from causal_explorer.models.outline import Outlines
from causal_explorer.models.pose import Pose
from causal_explorer.models.window import WindowedBernoulli


class PolygonDecoder(nn.Module):
    """logit_p = κ · d_p, with d_p how deep pixel p lies inside the edge that it faces.

    That is the edge which the ray from the centre through the pixel meets, were z 0 and no
    corner snapped; so an outline must be star-shaped. A learned share of the way, each
    shape's own, its corners go to the next point of a grid finer than a pixel: pictures that
    were drawn with corners in fixed point teach the decoder so. The gradient passes the
    rounding by (straight-through estimator, Bengio, Léonard and Courville 2013,
    arXiv:1308.3432).

    Attributes:
        snap: (S,) the share, 0 at the start.
        log_sharpness: log κ, κ in nats a pixel.
    """

    def __init__(self, outlines: Outlines, pose: Pose, grid: int) -> None:
        """Puts outlines in place.

        Args:
            outlines: of each shape.
            pose: where they lie.
            grid: points of the corners' grid a pixel.
        """
        super().__init__()
        self.outlines, self.pose, self.grid = outlines, pose, grid
        self.snap = nn.Parameter(torch.zeros(len(outlines.ellipse), dtype=torch.float64))
        self.log_sharpness = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def forward(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, 5) int64 classes and (N, L) latents."""
        shape, place = v[:, 0], v[:, 1:]
        corner = self.pose.place(place, self.outlines(shape, z))
        corner = corner + self.snap[shape, None, None] * self._to_grid(corner.detach())
        centre = self.pose.centre_in_window(place)
        pixel = torch.arange(self.pose.window, device=v.device) + 0.5
        right, down = (pixel - centre[:, :1]).float(), (pixel - centre[:, 1:]).float()
        angle = torch.atan2(down[:, :, None], right[:, None, :]).flatten(1)
        facing = self.outlines.facing(shape, angle + self.pose.angle[place[:, 1], None])
        edges = _edges(corner - centre[:, None], self.outlines.after(shape)).float()
        facing = facing[:, None, :].expand(-1, edges.shape[1], -1)
        edge = edges.gather(2, facing).unflatten(2, (len(pixel), len(pixel)))
        depth = _depth(edge, right[:, None, :], down[:, :, None])
        return WindowedBernoulli(self.log_sharpness.exp().float() * depth, self.pose.corner(place))

    def _to_grid(self, corner: Tensor) -> Tensor:
        """From each corner to the next point of the grid, pixels."""
        return (self.grid * corner + 0.5).floor() / self.grid - corner


def _edges(corner: Tensor, after: Tensor) -> Tensor:
    """The edges of N outlines around 0.

    Args:
        corner: (N, V, 2), pixels.
        after: (N, V) int64, where each corner's edge ends.

    Returns:
        (N, 5, V): a line's unit normal n and offset c, so that n · p + c is how deep p lies
        inside it; then the edge's least and greatest distance from 0.
    """
    end = corner.gather(1, after[..., None].expand(-1, -1, 2))
    along = end - corner
    length = (along.square().sum(-1) + 1e-16).sqrt()  # 1e-16: an edge of no length
    right, down = (along / length[..., None]).unbind(-1)
    x, y = corner.unbind(-1)
    offset, foot = down * x - right * y, -(right * x + down * y)  # foot: of 0, along the edge
    here = (x.square() + y.square()).sqrt()
    there = here.gather(1, after)
    within = (foot > 0) & (foot < length)
    nearest = torch.where(within, offset.abs(), torch.minimum(here, there))
    return torch.stack([-down, right, offset, nearest, torch.maximum(here, there)], dim=1)


def _depth(edge: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """How deep the point (right, down) lies inside its edge, pixels.

    Snapping turns short edges, and those that run towards the centre no longer meet their
    rays. What holds for every edge then decides: nearer to the centre than all of it is
    inside, and farther is outside.

    Args:
        edge: (N, 5, ...), as `_edges` says.
        right: from the centre, pixels.
        down: from the centre, pixels.
    """
    right_normal, down_normal, offset, nearest, farthest = edge.unbind(1)
    inside = right_normal * right + down_normal * down + offset
    radius = (right.square() + down.square()).sqrt()
    return torch.minimum(torch.maximum(inside, nearest - radius), farthest - radius)
