"""Where a sprite lies: size, angle and centre, learned for each class of its factor."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from causal_explorer.data.raster import SIZE
from causal_explorer.scm.variables import Variable


class Pose(nn.Module):
    """One learned number a class: radius, angle (radians), centre (pixels).

    The numbers start at an affine guess from the factors' physical values and are then free.
    """

    def __init__(self, variables: tuple[Variable, ...], window: int) -> None:
        """Starts from the values of scale, orientation, posX and posY, in that order."""
        super().__init__()
        scale, angle, x, y = (torch.tensor(v.values, dtype=torch.float32) for v in variables)
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

    def polar(self, classes: Tensor) -> tuple[Tensor, Tensor]:
        """Polar coordinates of the window's pixel centres in the sprite's own frame.

        Returns:
            distance from the centre in pixels, and angle in radians, each (N, W, W).
        """
        offset = torch.arange(self.window, device=classes.device) + 0.5
        away = self.corner(classes)[:, :, None] + offset - self.centre(classes)[:, :, None]
        down, right = away[:, 0, :, None], away[:, 1, None, :]
        distance = (down.square() + right.square() + 1e-6).sqrt()  # 1e-6: smooth at the centre
        turned = self.angle[classes[:, 1], None, None]
        return distance, torch.atan2(*torch.broadcast_tensors(down, right)) + turned
