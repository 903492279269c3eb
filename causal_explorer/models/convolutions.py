"""Colour pictures read and painted by convolutions; none is transposed, which a CPU dreads."""

from __future__ import annotations

from torch import Tensor, nn


class Painter(nn.Module):
    """(N, L) numbers to (N, C, H, W): dense layers, then three that double the sides."""

    def __init__(self, given: int, shape: tuple[int, ...], width: int, hidden: int) -> None:
        """Takes how many numbers it is given, a data set's shape, channels and units.

        Sides are multiples of 8.
        """
        super().__init__()
        rows, columns, colours = shape
        self.coarse = (width, rows // 8, columns // 8)
        self.dense = nn.Sequential(
            nn.Linear(given, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Linear(hidden, width * (rows // 8) * (columns // 8)),
            nn.SiLU(),
        )
        half = max(width // 2, 4)
        self.fine = nn.Sequential(
            nn.Conv2d(width, 4 * width, 3, padding=1),
            nn.PixelShuffle(2),
            nn.SiLU(),
            nn.Conv2d(width, 4 * half, 3, padding=1),
            nn.PixelShuffle(2),
            nn.SiLU(),
            nn.Conv2d(half, 4 * colours, 3, padding=1),
            nn.PixelShuffle(2),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.fine(self.dense(z).view(-1, *self.coarse))


def reader(shape: tuple[int, ...], width: int, hidden: int, out: int) -> nn.Sequential:
    """(N, C, H, W) to (N, out): three convolutions that halve the sides, and two dense layers."""
    places = (shape[0] // 8) * (shape[1] // 8)
    return nn.Sequential(
        nn.Conv2d(shape[2], width, 4, stride=2, padding=1),
        nn.SiLU(),
        nn.Conv2d(width, width, 4, stride=2, padding=1),
        nn.SiLU(),
        nn.Conv2d(width, width, 4, stride=2, padding=1),
        nn.SiLU(),
        nn.Flatten(),
        nn.Linear(width * places, hidden),
        nn.SiLU(),
        nn.Linear(hidden, out),
    )
