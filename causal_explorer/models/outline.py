"""Outlines: closed curves that a shape's corners lie on, learned as Fourier series."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

T = TypeVar("T")
_WIDEST = 256  # sectors beside one's own, beyond which bounds would say nothing
_SECTORS = 8_192  # of a turn, each of which faces one edge: a look-up costs less than a search


class Outlines(nn.Module):
    """corner_j = Σ_k a_k cos(k t_j) + b_k sin(k t_j) with t_j = 2πj / V: (x right, y down).

    One outline a shape, with as many corners V and harmonics K as the shape has. An outline
    starts as a circle of radius 1. z moves the coefficients along learned directions. Everything
    is in float64: a corner has to be right to 1/10,000 of a pixel, and what moves it is smaller
    yet.

    Source: elliptic Fourier descriptors, Kuhl and Giardina 1982, equation 1.

    Attributes:
        ellipse: (S, 3, 2) coefficients of 1, cos t and sin t.
        overtones: (S, 2(K-1), 2) of cos kt / k², then sin kt / k², for k from 2 to the largest
            K; those past a shape's own stay 0.
        bend: (S, L, 2K+1, 2) what z adds to all of them.
    """

    _count: Tensor
    _next: Tensor
    _previous: Tensor
    _beyond: Tensor
    _basis: Tensor

    def __init__(self, corners: tuple[int, ...], harmonics: tuple[int, ...], latent: int) -> None:
        """Starts from circles.

        Args:
            corners: how many each shape has.
            harmonics: of each shape's series.
            latent: dimensions of z.
        """
        super().__init__()
        shapes, terms = len(corners), 2 * max(harmonics) + 1
        circle = torch.tensor([[0, 0], [1, 0], [0, 1]], dtype=torch.float64).repeat(shapes, 1, 1)
        own = _own_overtones(corners, harmonics)
        self.ellipse = nn.Parameter(circle + 1e-2 * torch.randn_like(circle))
        overtones = 1e-2 * torch.randn(shapes, terms - 3, 2).double()
        self.overtones = nn.Parameter(overtones * own[..., None])
        self.bend = nn.Parameter(1e-3 * torch.randn(shapes, latent, terms, 2).double())
        count = torch.tensor(corners)[:, None]
        index = torch.arange(max(corners))  # shapes with fewer corners repeat theirs
        constants = {
            "_count": count,
            "_next": (index + 1) % count,
            "_previous": (index - 1) % count,
            "_beyond": index >= count,
            "_basis": _basis((index % count).float() / count, max(harmonics)) * _used(own),
        }
        self._cache: dict[str, Any] = {}
        for name, value in constants.items():  # follow the module from device to device
            self.register_buffer(name, value, persistent=False)

    def forward(self) -> tuple[Tensor, Tensor | None]:
        """(S, V, 2) corners under z = 0, and (S, V, L, 2) what z adds; None for nothing."""
        idle = not self.bend.requires_grad and not self._kept("bend", lambda: self.bend.any())
        bend = None if idle else (self._basis[:, None] @ self.bend).permute(0, 2, 1, 3)
        return self._corners(), bend

    @torch.no_grad()
    def reach(self, z: Tensor | None = None) -> Tensor:
        """At most how far (N, L) latents move a corner, (N,) radii; if None, one of norm 1."""
        each = self.bend.norm(dim=-1).sum(-1)  # (S, L): no term of the basis is above 1
        return each.norm(dim=-1).max() if z is None else z.double().abs() @ each.amax(0)

    @torch.no_grad()
    def bounds(self, margin: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Between which radii the outlines lie, were z 0.

        Args:
            margin: distance, in radii, within which the outline counts.

        Returns:
            (S, 8192) the least and the greatest radius in each part of a turn, and in as many
            beside it as the margin may reach into; (S,) the least and the greatest of all.
        """
        inner, outer = self._kept("extremes", self._extremes)
        reach = margin / float(inner.min().clamp(min=1e-3))
        vague = not reach < 1  # or no number at all, which ends a run elsewhere
        width = 2 if vague else 2 + int(math.asin(reach) / (2 * math.pi) * _SECTORS)
        if vague or width > _WIDEST:
            least, most = (part[:, None].repeat(1, _SECTORS).float() for part in (inner, outer))
            return least, most, inner, outer
        least, most = self._kept(f"bounds {width}", lambda: self._ranges(width))
        return least, most, inner, outer

    @torch.no_grad()
    def facing(self, shape: Tensor, angle: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The edge that a ray from the centre meets, were z 0, to 1/16,384 of a turn.

        Corners have to wind from x to y around the centre, as the circle does from which an
        outline starts.

        Args:
            shape: (M,) int64.
            angle: (M,) of the rays, radians.

        Returns:
            (M,) int64 each: the corner before that edge, those at its two ends, and the next.
        """
        faced = self._kept("sectors", self._sectors).take(shape * _SECTORS + sector_of(angle))
        end = self._next[shape, faced]
        return self._previous[shape, faced], faced, end, self._next[shape, end]

    @torch.no_grad()
    def radius(self, shape: Tensor, angle: Tensor) -> Tensor:
        """Where rays from the centre leave the outline, were z 0, to 1/16,384 of a turn.

        Args:
            shape: of the outlines, int64; shapes broadcast.
            angle: of the rays, radians.
        """
        return self._kept("radii", self._radii).take(shape * _SECTORS + sector_of(angle))

    def _kept(self, name: str, make: Callable[[], T]) -> T:
        """What follows from the coefficients alone, made anew whenever they changed."""
        coefficients = (self.ellipse, self.overtones, self.bend)
        state = [(c.data_ptr(), c._version) for c in coefficients]
        cache: dict[str, Any] = self._cache  # another thread may put a fresh one in its place
        if cache.get("state") != state:
            cache = {"state": state}
            self._cache = cache
        if name not in cache:
            cache[name] = make()
        return cache[name]

    def _radii(self) -> Tensor:
        """(S, 8192) float32 distance from 0 of the edge that each part of a turn faces."""
        corners, faced = self._corners(), self._kept("sectors", self._sectors)
        begin, end = (
            corners.gather(1, which[..., None].expand(-1, -1, 2))
            for which in (faced, self._next.gather(1, faced))
        )
        ray = (torch.arange(_SECTORS, device=corners.device, dtype=torch.float32) + 0.5) * (
            2 * math.pi / _SECTORS
        )
        along = end - begin
        across = begin[..., 0] * along[..., 1] - begin[..., 1] * along[..., 0]
        facing = ray.cos() * along[..., 1] - ray.sin() * along[..., 0]
        return (across / torch.where(facing.abs() < 1e-9, 1e-9, facing)).abs().float()

    def _extremes(self) -> tuple[Tensor, Tensor]:
        """(S,) the least and the greatest distance of any edge from 0."""
        corners = self._corners()
        along = corners.gather(1, self._next[..., None].expand(-1, -1, 2)) - corners
        length = along.square().sum(-1).clamp(min=1e-16)
        share = (-(corners * along).sum(-1) / length).clamp(0, 1)
        nearest = (corners + share[..., None] * along).norm(dim=-1)
        return nearest.amin(1), corners.norm(dim=-1).amax(1)

    def _ranges(self, width: int) -> tuple[Tensor, Tensor]:
        """(S, 8192) the least and greatest radius in each sector and `width` on either side."""
        corners, faced = self._corners(), self._kept("sectors", self._sectors)
        inner, outer = self._kept("extremes", self._extremes)
        ray = torch.arange(_SECTORS + 1, device=corners.device, dtype=torch.float32) * (
            2 * math.pi / _SECTORS
        )
        begin, end = (
            corners.gather(1, which[..., None].expand(-1, -1, 2))
            for which in (faced, self._next.gather(1, faced))
        )
        along = end - begin
        across = begin[..., 0] * along[..., 1] - begin[..., 1] * along[..., 0]
        radii = []
        for side in (ray[:-1], ray[1:]):  # where the faced line meets either side of its sector
            facing = side.cos() * along[..., 1] - side.sin() * along[..., 0]
            radii.append((across / torch.where(facing.abs() < 1e-9, 1e-9, facing)).abs())
        both = torch.stack(radii).clamp(inner[:, None], outer[:, None])
        place = sector_of(torch.atan2(corners[..., 1], corners[..., 0]))
        own = corners.norm(dim=-1)
        least = both.amin(0).scatter_reduce(1, place, own, "amin")
        most = both.amax(0).scatter_reduce(1, place, own, "amax")
        return (-_widest(-least, width)).float(), _widest(most, width).float()

    def _sectors(self) -> Tensor:
        """(S, 8192) int64: the corner that comes before the middle of each part of a turn."""
        corners = self._corners()
        at = torch.atan2(corners[..., 1], corners[..., 0])
        at, order = torch.where(at < 0, at + 2 * torch.pi, at).masked_fill(self._beyond, 7).sort(1)
        middle = (torch.arange(_SECTORS, device=at.device, dtype=torch.float32) + 0.5) * (
            2 * torch.pi / _SECTORS
        )
        rank = torch.searchsorted(at, middle.repeat(len(at), 1), right=True) - 1
        return order.gather(1, rank % self._count)  # before the first comes the last

    def _corners(self) -> Tensor:
        """(S, V, 2) corners under z = 0."""
        return self._basis @ torch.cat([self.ellipse, self.overtones], dim=1)


def sector_of(angle: Tensor) -> Tensor:
    """int64: in which of 8,192 parts of a turn an angle lies, radians."""
    turn = angle / (2 * math.pi)
    return ((turn - turn.floor()) * _SECTORS).long().clamp(0, _SECTORS - 1)


def _widest(values: Tensor, width: int) -> Tensor:
    """(S, 8192) the greatest within `width` sectors on either side, around the turn."""
    ring = torch.cat([values[:, -width:], values, values[:, :width]], dim=1)
    return torch.nn.functional.max_pool1d(ring[:, None], 2 * width + 1, stride=1)[:, 0]


def _turned(device: torch.device, shift: float = 0) -> Tensor:
    """(8193,) float32 radians at which the sectors begin, or (8192,) in their middle, shifted."""
    sides = torch.arange(_SECTORS + (not shift), device=device, dtype=torch.float32)
    return (sides + shift) * (2 * math.pi / _SECTORS)


def _own_overtones(corners: tuple[int, ...], harmonics: tuple[int, ...]) -> Tensor:
    """(S, 2(K-1)) whether a shape has an overtone: cosines, then sines.

    V corners tell harmonics up to V/2 apart, and of that one only the cosine: its sine is 0 at
    every corner.
    """
    k = torch.arange(2, max(harmonics) + 1)
    highest, most = torch.tensor(harmonics)[:, None], torch.tensor(corners)[:, None]
    cosines, sines = (k <= highest) & (2 * k <= most), (k <= highest) & (2 * k < most)
    return torch.cat([cosines, sines], dim=1)


def _used(own: Tensor) -> Tensor:
    """(S, 2(K-1)) overtones that a shape has, to (S, 1, 2K+1) of the whole basis, 0 and 1."""
    return torch.cat([own.new_ones(len(own), 3), own], dim=1)[:, None].double()


def _basis(turn: Tensor, harmonics: int) -> Tensor:
    """(S, V) parts of a turn to (S, V, 2K+1): 1, cos t, sin t, then the overtones over k²."""
    t = 2 * torch.pi * turn.double()[..., None]
    k = torch.arange(2, harmonics + 1)
    first = [torch.ones_like(t), t.cos(), t.sin()]
    return torch.cat([*first, (k * t).cos() / k**2, (k * t).sin() / k**2], dim=-1)
