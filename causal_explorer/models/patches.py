"""Pictures read and painted in patches: dense layers, which a CPU multiplies fast.

The decoder tells every patch where it lies and lets one network paint them all, so that a sprite
looks the same wherever it is drawn: a place is then a number that shifts coordinates, which is
what makes units for the place easy to find. Source: the spatial broadcast decoder, Watters et al.
2019 (arXiv:1901.07017), with patches in place of pixels.
"""

from __future__ import annotations

from math import pi

import torch
from torch import Tensor, nn

PATCH = 8  # pixels of a side
_WAVES = 3  # octaves of a coordinate's sine and cosine


def patches_of(x: Tensor) -> Tensor:
    """(N, C, H, W) or (N, H, W) pictures as (N, P, C · 64) patches, row by row."""
    pictures = x.float() if x.ndim == 4 else x.float()[:, None]
    patches = pictures.unfold(2, PATCH, PATCH).unfold(3, PATCH, PATCH)  # (N, C, R, K, 8, 8)
    return patches.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)


class PatchReader(nn.Module):
    """(N, C, H, W) or (N, H, W) pictures to (N, features): each patch by the same weights."""

    def __init__(self, shape: tuple[int, ...], features: int) -> None:
        """Takes pictures of a data set's shape, channels last there.

        Raises:
            ValueError: sides that are no multiples of 8.
        """
        super().__init__()
        rows, columns, colours = _checked(shape)
        self.features = rows * columns * features
        self.read = nn.Linear(colours * PATCH**2, features)

    def forward(self, x: Tensor) -> Tensor:
        return self.read(patches_of(x)).flatten(1)


class PatchPainter(nn.Module):
    """(N, L) latents to (N, C, H, W) logits, or (N, H, W) where there is no colour."""

    coordinates: Tensor

    def __init__(self, latents: int, shape: tuple[int, ...], width: int) -> None:
        """Takes the width of its layers; sides as of `PatchReader`."""
        super().__init__()
        self.rows, self.columns, self.colours = _checked(shape)
        self.flat = len(shape) == 2
        self.register_buffer("coordinates", _waves(self.rows, self.columns), persistent=False)
        self.told = nn.Linear(latents, width)
        self.place = nn.Linear(self.coordinates.shape[1], width)
        self.paint = nn.Sequential(
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, self.colours * PATCH**2),
        )

    def some(self, z: Tensor, picture: Tensor, place: Tensor) -> Tensor:
        """(K, C · 64) logits of K patches of the pictures of (N, L) latents.

        Args:
            z: latents.
            picture: (K,) whose patch each is.
            place: (K,) which of the picture's patches, row by row.
        """
        told, places = self.told(z), self.place(self.coordinates)
        return self.paint(told.index_select(0, picture) + places.index_select(0, place)).float()

    def forward(self, z: Tensor) -> Tensor:
        patches = self.paint(self.told(z)[:, None] + self.place(self.coordinates))
        tiles = patches.view(len(z), self.rows, self.columns, self.colours, PATCH, PATCH)
        whole = tiles.permute(0, 3, 1, 4, 2, 5)
        logits = whole.reshape(len(z), self.colours, self.rows * PATCH, self.columns * PATCH)
        return logits.float()[:, 0] if self.flat else logits.float()


class DensePainter(nn.Module):
    """(N, L) numbers to (N, C, H, W) logits: what each patch shows has weights of its own.

    For pictures that are laid out alike, as faces are. A background is learned beside it.
    """

    def __init__(self, given: int, shape: tuple[int, ...], hidden: int, features: int) -> None:
        """Takes units of the dense layers and features of a patch; sides as of `PatchReader`."""
        super().__init__()
        self.rows, self.columns, self.colours = _checked(shape)
        self.dense = nn.Sequential(
            nn.Linear(given, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Linear(hidden, self.rows * self.columns * features),
            nn.SiLU(),
        )
        self.paint = nn.Sequential(
            nn.Linear(features, 3 * features),
            nn.SiLU(),
            nn.Linear(3 * features, self.colours * PATCH**2),
        )
        self.background = nn.Parameter(torch.zeros(self.colours, *shape[:2]))

    def forward(self, z: Tensor) -> Tensor:
        patches = self.paint(self.dense(z).view(len(z), self.rows * self.columns, -1))
        tiles = patches.view(len(z), self.rows, self.columns, self.colours, PATCH, PATCH)
        return self.background + tiles.permute(0, 3, 1, 4, 2, 5).reshape(
            len(z), *self.background.shape
        )


def _checked(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Patches down and across, and colours."""
    if len(shape) not in (2, 3) or any(side % PATCH for side in shape[:2]):
        raise ValueError(f"The sides of a picture are multiples of {PATCH}, not {shape}.")
    return shape[0] // PATCH, shape[1] // PATCH, shape[2] if len(shape) == 3 else 1


def _waves(rows: int, columns: int) -> Tensor:
    """(rows · columns, F) places from -1 to 1 of each patch, and their sines and cosines."""
    down, across = (
        2 * (torch.arange(n, dtype=torch.float32) + 0.5) / n - 1 for n in (rows, columns)
    )
    places = torch.cartesian_prod(down, across)
    turned = [places * pi * 2**k / 2 for k in range(_WAVES)]
    return torch.cat([places, *(f(t) for t in turned for f in (torch.sin, torch.cos))], dim=1)
