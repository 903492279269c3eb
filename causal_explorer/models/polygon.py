"""The decoder p(x | v, z): a learned outline of each shape, placed by a learned pose."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from causal_explorer.models.outline import Outlines, sector_of
from causal_explorer.models.pose import Pose
from causal_explorer.models.window import BACKGROUND, WindowedBernoulli

_CERTAIN = -BACKGROUND  # nats: no pixel is surer than the dark outside the window
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
        centre = self.pose.centre_in_window(place)
        pixel = torch.arange(self.pose.window, device=v.device, dtype=torch.float32) + 0.5
        right, down = ((pixel + self.sample_point[i] - centre[:, i, None]).float() for i in (0, 1))
        sharpness = self.log_sharpness.exp().float()
        with torch.no_grad():
            logits, near, angle = self._certain(shape, place, z, right, down, sharpness)
            side = len(pixel)
            image, within = near // side**2, near % side**2
            row, column = within // side, within % side
        x = right.flatten().index_select(0, image * side + column)
        y = down.flatten().index_select(0, image * side + row)
        drawn = _Corners(self, shape, place, z, centre)
        depth = _depth(drawn, image, self.outlines.facing(shape[image], angle), x, y)
        depth = (sharpness * depth).clamp(-_CERTAIN, _CERTAIN)
        logits = logits.flatten().index_copy(0, near, depth).view_as(logits)
        return WindowedBernoulli(logits, self.pose.corner(place))

    def _certain(
        self,
        shape: Tensor,
        place: Tensor,
        z: Tensor,
        right: Tensor,
        down: Tensor,
        sharpness: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What needs no distance: pixels so far from the outline that they are on, or off.

        Returns:
            (N, W, W) logits of 20 and -20; (M,) int64 places of the pixels that need one; and
            their (M,) angles, as the outline is turned.
        """
        radius, turned = self.pose.log_radius.exp()[place[:, 0]], self.pose.angle[place[:, 1]]
        # how far from a pixel the outline may lie and still matter: where it is uncertain, as
        # far as rounding moves corners, and as far as z does
        moved = radius * self.outlines.reach(z) + 0.75 / self.grid + 1e-4
        margin = moved + _CERTAIN / sharpness
        least, most, inner, outer = self.outlines.bounds(float((margin / radius).max()))
        distance = (right[:, None, :].square() + down[:, :, None].square()).sqrt()
        start = (radius * inner[shape] - margin).float()[:, None, None]
        stop = (radius * outer[shape] + margin).float()[:, None, None]
        logits = torch.where(distance < start, _CERTAIN, -_CERTAIN).float()
        ring = ((distance >= start) & (distance <= stop)).flatten().nonzero().squeeze(1)
        side = right.shape[1]
        image = ring // side**2
        x = right.flatten().index_select(0, image * side + ring % side)
        y = down.flatten().index_select(0, ring // side)
        angle = torch.atan2(y, x) + turned.float().index_select(0, image)
        sector = shape.index_select(0, image) * least.shape[1] + sector_of(angle)
        at = distance.flatten().index_select(0, ring)
        unit, slack = (part.float().index_select(0, image) for part in (radius, margin))
        inside = at < unit * least.flatten().index_select(0, sector) - slack
        outside = at > unit * most.flatten().index_select(0, sector) + slack
        logits = logits.flatten()
        logits.index_fill_(0, ring[inside], _CERTAIN)
        near = (~(inside | outside)).nonzero().squeeze(1)
        return logits.view_as(distance), ring[near], angle[near]


class _Corners:
    """The corners of N outlines, placed and rounded as they are asked for.

    Where more of them are asked for than there are, all are placed once.
    """

    def __init__(
        self, decoder: PolygonDecoder, shape: Tensor, place: Tensor, z: Tensor, centre: Tensor
    ) -> None:
        self.decoder, self.shape, self.place, self.z, self.centre = decoder, shape, place, z, centre
        self.unit, self.bend = decoder.outlines()
        self.blur = decoder.log_blur.exp()
        self.all: Tensor | None = None

    def at(self, image: Tensor, corner: Tensor) -> list[Tensor]:
        """(M,) right and down of the centre, pixels, of (M,) corners of (M,) images."""
        count = self.unit.shape[1]
        if self.all is None and len(image) > len(self.shape) * count:
            index = torch.arange(len(self.shape) * count, device=image.device)
            self.all = self._placed(index // count, index % count)
        if self.all is None:
            return list(self._placed(image, corner).unbind(1))
        return list(self.all.index_select(0, image * count + corner).unbind(1))

    def _placed(self, image: Tensor, corner: Tensor) -> Tensor:
        """(M, 2) of (M,) corners of (M,) images."""
        pose, grid, shape = self.decoder.pose, self.decoder.grid, self.shape[image]
        unit = self.unit[shape, corner]
        if self.bend is not None:
            z = self.z[image].double()
            unit = unit + torch.einsum("ml,mlk->mk", z, self.bend[shape, corner])
        placed = pose.place(self.place[image], unit[:, None])[:, 0] * grid
        rounded = _soft_round(placed, self.blur[shape, None]) / grid
        return (rounded - self.centre[image]).float()


def _soft_round(x: Tensor, blur: Tensor) -> Tensor:
    """Mean of ⌊x + ε + 1/2⌋ over ε ~ N(0, blur²); x itself, nearly, from a blur of 0.4 on."""
    floor = x.detach().floor()
    part, width = (x - floor).float() - 0.5, blur.float().clamp(*_BLURS) * 2**0.5
    below, here, above = (torch.erf((part - jump) / width) for jump in (-1, 0, 1))
    return floor + (0.5 + 0.5 * (below + here + above)).double()


def _depth(
    corners: _Corners,
    image: Tensor,
    faced: tuple[Tensor, Tensor, Tensor, Tensor],
    x: Tensor,
    y: Tensor,
) -> Tensor:
    """Distance of points to their outline, positive inside.

    The edge that a point faces says whether it lies inside. Rounding turns short edges, and
    those that run towards the centre no longer meet their rays. What holds for every edge then
    decides: nearer to the centre than all of it is inside, and farther is outside. The distance
    is to that edge or to the nearer one beside it, so that it is continuous where points begin
    to face another edge: its gradient is then the loss's, which the distance to a line's is not.

    Args:
        corners: of the outlines.
        image: (M,) int64, each point's.
        faced: (M,) int64 each, the corners before, at the two ends of, and after the faced edge.
        x: (M,) right of the centre, pixels.
        y: (M,) below the centre, pixels.
    """
    before, begin, end, after = faced
    first, second = corners.at(image, begin), corners.at(image, end)
    square, line, nearer_first = _distance(first, second, x, y)
    with torch.no_grad():
        nearest, farthest = _reach(first, second)
        radius = (x.square() + y.square()).sqrt()
        inside = torch.minimum(torch.maximum(line, nearest - radius), farthest - radius) > 0
    third = corners.at(image, torch.where(nearer_first, before, after))
    shared = [torch.where(nearer_first, a, b) for a, b in zip(first, second, strict=True)]
    square = torch.minimum(square, _distance(third, shared, x, y)[0])
    return torch.where(inside, 1.0, -1.0).float() * (square + 1e-20).sqrt()  # 1e-20: of no distance


def _distance(
    begin: Sequence[Tensor], end: Sequence[Tensor], x: Tensor, y: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """From edges to points: the distance squared, depth inside the line, and on which half."""
    right, down = end[0] - begin[0], end[1] - begin[1]
    length = (right.square() + down.square() + 1e-16).sqrt()  # 1e-16: of no length
    right, down = right / length, down / length
    x, y = x - begin[0], y - begin[1]
    along = right * x + down * y
    on = torch.minimum(along.clamp(min=0), length)  # the nearest point's place
    square = (x - on * right).square() + (y - on * down).square()
    return square, right * y - down * x, along < 0.5 * length


def _reach(begin: Sequence[Tensor], end: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """The least and the greatest distance of an edge's points from the centre."""
    zero = torch.zeros_like(begin[0])
    here, there = (corner[0].hypot(corner[1]) for corner in (begin, end))
    return _distance(begin, end, zero, zero)[0].sqrt(), torch.maximum(here, there)
