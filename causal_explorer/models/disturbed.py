"""Sprites as pictures come: noisy, cut, cluttered; what a recogniser has to see through."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from causal_explorer.data.raster import SIZE

_FLIPPED = 64  # pixels at most
_REACH = 10.0  # pixels from a sprite's middle within which a cut runs
KINDS = ("clean", "noisy", "cut", "cluttered")


def disturb(
    x: Tensor, generator: torch.Generator | None = None, others: Tensor | None = None
) -> Tensor:
    """A quarter of each kind: as it is; with stray pixels; cut straight; with another sprite.

    Args:
        x: (N, 64, 64) pictures of 0 and 1.
        generator: on the pictures' device; torch's own if None.
        others: (N, 64, 64) that clutter them; if None, each other's, in a batch at random.

    Returns:
        (N, 64, 64) of the same type.
    """
    kind = torch.randint(len(KINDS), (len(x), 1, 1), generator=generator, device=x.device)
    others = x.roll(1, dims=0) if others is None else others
    noisy = torch.where(_stray(x, generator), 1 - x, x)
    cut = torch.where(_kept(x, generator), x, 0)
    found = x
    for number, picture in enumerate((noisy, cut, torch.maximum(x, others)), start=1):
        found = torch.where(kind == number, picture, found)
    return found


def _stray(x: Tensor, generator: torch.Generator | None) -> Tensor:
    """(N, 64, 64) bool: pixels that flip, at a rate between none and 64 a picture."""
    rate = _FLIPPED / SIZE**2 * torch.rand(len(x), 1, 1, generator=generator, device=x.device)
    return torch.rand(x.shape, generator=generator, device=x.device) < rate


def _kept(x: Tensor, generator: torch.Generator | None) -> Tensor:
    """(N, 64, 64) bool: one side of a line near the middle of what is on."""
    along = torch.arange(SIZE, device=x.device, dtype=torch.float32)
    mass = x.sum((1, 2)).clamp(min=1)[:, None].float()
    row, column = (x.sum(side).float() @ along[:, None] / mass for side in (2, 1))  # (N, 1)
    angle, shift = torch.rand(2, len(x), 1, generator=generator, device=x.device)
    angle = 2 * math.pi * angle[..., None]
    down, right = (along - row)[:, :, None], (along - column)[:, None, :]
    return angle.cos() * down + angle.sin() * right < _REACH * shift[..., None]
