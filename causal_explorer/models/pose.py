"""Where a sprite lies: size, angle and centre, learned for each class of its factor."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from causal_explorer.data.raster import SIZE
from causal_explorer.scm.variables import Variable


class Pose(nn.Module):
    """One learned number a class: radius, angle (radians), centre (pixels).

    The numbers start at an affine guess from the factors' physical values and are then free,
    in float64: near 48 pixels float32 would stop to learn at 1/1,000 of a pixel.
    """

    def __init__(self, variables: tuple[Variable, ...], window: int) -> None:
        """Starts from the values of scale, orientation, posX and posY, in that order."""
        super().__init__()
        scale, angle, x, y = (torch.tensor(v.values, dtype=torch.float64) for v in variables)
        self.window = window
        self.log_radius = nn.Parameter((7.0 * scale).log())
        self.angle = nn.Parameter(angle)
        self.centre_x = nn.Parameter(SIZE / 2 + 30.0 * (x - 0.5))
        self.centre_y = nn.Parameter(SIZE / 2 + 30.0 * (y - 0.5))

    def centre(self, classes: Tensor) -> Tensor:
        """(N, 4) classes of scale, orientation, posX, posY to (N, 2) row and column, pixels."""
        return torch.stack([self.centre_y[classes[:, 3]], self.centre_x[classes[:, 2]]], dim=1)

    def corner(self, classes: Tensor) -> Tensor:
        """(N, 2) int64: first row and column of the window around the sprite."""
        middle = self.centre(classes).detach() - self.window / 2
        return middle.round().long().clamp(0, SIZE - self.window)

    def centre_in_window(self, classes: Tensor) -> Tensor:
        """(N, 2) pixels right and down from the window's first pixel."""
        return (self.centre(classes) - self.corner(classes)).flip(1)

    def place(self, classes: Tensor, points: Tensor) -> Tensor:
        """Scales, turns and moves an outline.

        Args:
            classes: (N, 4) of scale, orientation, posX, posY.
            points: (N, V, 2) in radii, x right and y down.

        Returns:
            (N, V, 2) pixels right and down from the window's first pixel.
        """
        radius, angle = self.log_radius[classes[:, 0]].exp(), self.angle[classes[:, 1]]
        cos, sin = radius * angle.cos(), radius * angle.sin()
        turn = torch.stack([torch.stack([cos, -sin], -1), torch.stack([sin, cos], -1)], -2)
        return points @ turn + self.centre_in_window(classes)[:, None]
