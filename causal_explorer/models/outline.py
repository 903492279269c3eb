"""Outlines: closed curves that a shape's corners lie on, learned as Fourier series."""

from __future__ import annotations

import torch
from torch import Tensor, nn

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
            "_basis": _basis(index % count / count, max(harmonics)) * _used(own),
        }
        for name, value in constants.items():  # follow the module from device to device
            self.register_buffer(name, value, persistent=False)

    def forward(self, shape: Tensor, z: Tensor) -> Tensor:
        """(N, V, 2) corners of (N,) shapes under (N, L) latents."""
        which, z = nn.functional.one_hot(shape, len(self.ellipse)).double(), z.double()
        styled = (which[:, :, None] * z[:, None, :]).flatten(1)  # z, in its shape's columns
        bend = (self._basis[:, None] @ self.bend).flatten(2).flatten(0, 1)
        return (which @ self._corners().flatten(1) + styled @ bend).unflatten(1, (-1, 2))

    def reach(self) -> Tensor:
        """At most how far a z of one standard deviation moves a corner, radii."""
        return self.bend.detach().norm(dim=-1).sum(-1).norm(dim=-1).max()

    def after(self, shape: Tensor) -> Tensor:
        """(N, V) int64: the corner that follows each."""
        return self._next[shape]

    @torch.no_grad()
    def facing(self, shape: Tensor, angle: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The edge that a ray from the centre meets, were z 0, to 1/16,384 of a turn.

        Corners have to wind from x to y around the centre, as the circle does from which an
        outline starts.

        Args:
            shape: (M,) int64.
            angle: (M,) of the rays, radians.

        Returns:
            (M,) int64 each: the corner at which that edge begins, and those at which the edges
            before and after it do.
        """
        turn = angle / (2 * torch.pi)
        sector = ((turn - turn.floor()) * _SECTORS).long().clamp(0, _SECTORS - 1)
        faced = self._sectors().take(shape * _SECTORS + sector)
        return faced, self._previous[shape, faced], self._next[shape, faced]

    def _sectors(self) -> Tensor:
        """(S, 8192) int64: the corner that comes before the middle of each part of a turn."""
        corners = self._corners()
        at = torch.atan2(corners[..., 1], corners[..., 0])
        at, order = torch.where(at < 0, at + 2 * torch.pi, at).masked_fill(self._beyond, 7).sort(1)
        middle = (torch.arange(_SECTORS, device=at.device) + 0.5) * (2 * torch.pi / _SECTORS)
        rank = torch.searchsorted(at, middle.repeat(len(at), 1), right=True) - 1
        return order.gather(1, rank % self._count)  # before the first comes the last

    def _corners(self) -> Tensor:
        """(S, V, 2) corners under z = 0."""
        return self._basis @ torch.cat([self.ellipse, self.overtones], dim=1)


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
