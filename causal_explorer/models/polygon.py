"""The decoder p(x | v, z): a learned outline of each shape, placed by a learned pose."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from causal_explorer.models.outline import Outlines
from causal_explorer.models.pose import Pose
from causal_explorer.models.window import WindowedBernoulli

_CERTAIN = 20.0  # nats: a pixel beyond it is on, or off, but for once in 500 million
_BLUR = 0.4  # steps of the grid, at the start: rounding hardly shows
_BLURS = (1e-4, 1.0)  # past either end nothing changes any more, and float32 would end


class PolygonDecoder(nn.Module):
    """logit_p = κ · d_p, with d_p the distance of pixel p to the outline, positive inside.

    The outline's corners were rounded to a grid finer than a pixel, softly: each to the mean of
    rounding under normal noise (soft rounding, Agustsson and Theis 2020, arXiv:2006.09952,
    section 4). The noise is learned, one a shape. Pictures that were drawn with corners in
    fixed point teach it to vanish; others, to hide the grid.

    Attributes:
        log_blur: (S,) log of the noise's standard deviation, in steps of the grid.
        log_sharpness: log κ, κ in nats a pixel.
        sample_point: (2,) right and down of a pixel's centre, where the outline is looked at,
            pixels. Where centres lie on edges, it says which side they fall to.
    """

    def __init__(self, outlines: Outlines, pose: Pose, grid: int) -> None:
        """Puts outlines in place.

        Args:
            outlines: of each shape, star-shaped around 0.
            pose: where they lie.
            grid: points of the corners' grid a pixel.
        """
        super().__init__()
        self.outlines, self.pose, self.grid = outlines, pose, grid
        blur = torch.full((len(outlines.ellipse),), _BLUR, dtype=torch.float64)
        self.log_blur = nn.Parameter(blur.log())
        self.log_sharpness = nn.Parameter(torch.zeros((), dtype=torch.float64))
        self.sample_point = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, 5) int64 classes and (N, L) latents."""
        shape, place = v[:, 0], v[:, 1:]
        corner = self.pose.place(place, self.outlines(shape, z)) * self.grid
        corner = _soft_round(corner, self.log_blur.exp()[shape, None, None]) / self.grid
        centre = self.pose.centre_in_window(place)
        edges = _edges((corner - centre[:, None]).float(), self.outlines.after(shape))
        pixel = torch.arange(self.pose.window, device=v.device) + 0.5
        centre = centre - self.sample_point
        right, down = (pixel - centre[:, :1]).float(), (pixel - centre[:, 1:]).float()
        sharpness = self.log_sharpness.exp().float()
        with torch.no_grad():
            radius = (right[:, None, :].square() + down[:, :, None].square()).sqrt()
            inner = edges[:, :, 5].amin(1)[:, None, None] - _CERTAIN / sharpness
            outer = edges[:, :, 6].amax(1)[:, None, None] + _CERTAIN / sharpness
            logits = torch.where(radius < inner, _CERTAIN, -_CERTAIN)
            near = ((radius >= inner) & (radius <= outer)).flatten().nonzero().squeeze(1)
            image, within = near // logits[0].numel(), near % logits[0].numel()
            row, column = within // len(pixel), within % len(pixel)
        x = right.flatten().index_select(0, image * len(pixel) + column)
        y = down.flatten().index_select(0, image * len(pixel) + row)
        turned = self.pose.angle[place[:, 1]].index_select(0, image)
        around = self.outlines.facing(shape.index_select(0, image), torch.atan2(y, x) + turned)
        faced, *beside = (image * edges.shape[1] + edge for edge in around)
        depth = _depth(edges.flatten(0, 1), faced, beside, x, y)
        depth = (sharpness * depth).clamp(-_CERTAIN, _CERTAIN)
        logits = logits.flatten().index_copy(0, near, depth).view_as(logits)
        return WindowedBernoulli(logits, self.pose.corner(place))


def _soft_round(x: Tensor, blur: Tensor) -> Tensor:
    """Mean of ⌊x + ε + 1/2⌋ over ε ~ N(0, blur²); x itself, nearly, from a blur of 0.4 on."""
    floor = x.detach().floor()
    part, width = (x - floor).float() - 0.5, blur.float().clamp(*_BLURS) * 2**0.5
    below, here, above = (torch.erf((part - jump) / width) for jump in (-1, 0, 1))
    return floor + (0.5 + 0.5 * (below + here + above)).double()


def _edges(corner: Tensor, after: Tensor) -> Tensor:
    """The edges of N outlines around 0.

    Args:
        corner: (N, V, 2), pixels.
        after: (N, V) int64, where each corner's edge ends.

    Returns:
        (N, V, 7): where an edge begins (right, down), its unit direction (right, down), its
        length, and the least and greatest distance of its points from 0.
    """
    along = corner.gather(1, after[..., None].expand(-1, -1, 2)) - corner
    length = (along.square().sum(-1, keepdim=True) + 1e-16).sqrt()  # 1e-16: of no length
    along = along / length
    with torch.no_grad():
        here = corner.norm(dim=-1)
        there = here.gather(1, after)
        foot = -(corner * along).sum(-1)  # of 0, along the edge
        offset = along[..., 1] * corner[..., 0] - along[..., 0] * corner[..., 1]  # of its line
        within = (foot > 0) & (foot < length[..., 0])
        nearest = torch.where(within, offset.abs(), torch.minimum(here, there))
        reach = torch.stack([nearest, torch.maximum(here, there)], dim=-1)
    return torch.cat([corner, along, length, reach], dim=-1)


def _depth(edges: Tensor, faced: Tensor, beside: Sequence[Tensor], x: Tensor, y: Tensor) -> Tensor:
    """Distance of points to their outline, positive inside.

    The edge that a point faces says whether it lies inside. Rounding turns short edges, and
    those that run towards the centre no longer meet their rays. What holds for every edge then
    decides: nearer to the centre than all of it is inside, and farther is outside. The distance
    is to that edge or to the nearer one beside it, so that it is continuous where points begin
    to face another edge: its gradient is then the loss's, which the distance to a line's is not.

    Args:
        edges: (E, 7), as `_edges` says.
        faced: (M,) int64, each point's.
        beside: the edges before and after, (M,) int64 each.
        x: (M,) right of the centre, pixels.
        y: (M,) below the centre, pixels.
    """
    edge = edges.index_select(0, faced)
    square, line, along = _distance(edge, x, y)
    length, nearest, farthest = edge[:, 4:].unbind(1)
    radius = (x.square() + y.square()).sqrt()
    inside = torch.minimum(torch.maximum(line, nearest - radius), farthest - radius)
    other = torch.where(along < 0.5 * length, *beside)
    square = torch.minimum(square, _distance(edges.index_select(0, other), x, y)[0])
    return torch.where(inside > 0, 1.0, -1.0) * (square + 1e-20).sqrt()  # 1e-20: of no distance


def _distance(edge: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """From edges to points: the distance squared, depth inside the line, and place along it."""
    begin_x, begin_y, right, down, length = edge[:, :5].unbind(1)
    x, y = x - begin_x, y - begin_y
    line, along = right * y - down * x, right * x + down * y
    beyond = along - torch.minimum(along.clamp(min=0), length)
    return line.square() + beyond.square(), line, along
