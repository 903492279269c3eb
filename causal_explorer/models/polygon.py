"""The decoder p(x | v, z): a learned outline of each shape, placed by a learned pose."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from causal_explorer.models.outline import Outlines
from causal_explorer.models.pose import Pose
from causal_explorer.models.window import WindowedBernoulli


class PolygonDecoder(nn.Module):
    """logit_p = κ · d_p, with d_p how deep pixel p lies inside the outline's nearest edge.

    The edge is the one that the ray from the centre through the pixel meets, so an outline
    must be star-shaped. A learned share of the way, each shape's own, its corners go to the
    next point of a grid finer than a pixel: pictures that were drawn with corners in fixed
    point teach the decoder so. The gradient passes the rounding by (straight-through
    estimator, Bengio, Léonard and Courville 2013, arXiv:1308.3432).

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
        self.snap = nn.Parameter(torch.zeros(len(outlines.ellipse)))
        self.log_sharpness = nn.Parameter(torch.zeros(()))

    def forward(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, 5) int64 classes and (N, L) latents."""
        shape, place = v[:, 0], v[:, 1:]
        corner = self.pose.place(place, self.outlines(shape, z))
        corner = corner + self.snap[shape, None, None] * self._to_grid(corner.detach())
        facing = self.outlines.facing(shape, self.pose.angles(place).flatten(1))
        side, depth = _edges(corner, self.outlines.after(shape))
        pixel = torch.arange(self.pose.window, device=v.device) + 0.5
        window = facing.shape[:1] + 2 * pixel.shape
        right, down, depth = (
            edge.gather(1, facing).view(window) for edge in (side[..., 0], side[..., 1], depth)
        )
        inside = right * pixel + down * pixel[:, None] + depth
        return WindowedBernoulli(self.log_sharpness.exp() * inside, self.pose.corner(place))

    def _to_grid(self, corner: Tensor) -> Tensor:
        """From each corner to the next point of the grid, pixels."""
        return (self.grid * corner + 0.5).floor() / self.grid - corner


def _edges(corner: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """Each edge's line, as how deep a point p lies inside it: n · p + c.

    Args:
        corner: (N, V, 2), pixels.
        after: (N, V) int64, where each corner's edge ends.

    Returns:
        n (N, V, 2), of length 1, and c (N, V).
    """
    end = corner.gather(1, after[..., None].expand(-1, -1, 2))
    along = end - corner
    normal = torch.stack([-along[..., 1], along[..., 0]], dim=-1)
    normal = normal / (normal.square().sum(-1, keepdim=True) + 1e-12).sqrt()  # 1e-12: no edge
    return normal, -(normal * corner).sum(-1)
