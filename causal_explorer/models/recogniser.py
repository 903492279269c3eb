"""The recogniser q(v | x): proposes which factors an image shows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.models.base import Model
from causal_explorer.models.disturbed import disturb
from causal_explorer.models.settings import check_sizes
from causal_explorer.models.sprites import require_sprites
from causal_explorer.models.window import pixels_of_window

_WINDOW = 32  # side of what it looks at, pixels
_HALF = 13  # pixels around the middle of a sprite, within which the largest lies


@dataclass(frozen=True)
class RecogniserConfig:
    """Sizes of the network.

    Attributes:
        hidden: units of each of two hidden layers.
    """

    hidden: int = 384

    def __post_init__(self) -> None:
        check_sizes(self)


class Recogniser(Model):
    """q(v | x) = Π_i q(v_i | x), from the window around where most is on.

    It learns from noisy, cut and cluttered sprites beside clean ones. The factors of an image are
    rarely independent: a square may be turned. What it proposes is therefore scored before it
    counts, beside what comes nearest (`inference/recognition.py`).
    """

    def __init__(self, dataset: Dataset, config: RecogniserConfig) -> None:
        """Builds the network for factors of any number of classes.

        Raises:
            ValueError: other factors than those of sprites.
        """
        super().__init__()
        require_sprites(dataset, "recogniser")
        self.classes = [variable.classes for variable in dataset.variables]
        self.layers = nn.Sequential(
            nn.Linear(_WINDOW**2 + 2 * SIZE, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, sum(self.classes)),
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """log q(v_i | x) of (N, 64, 64) pictures of 0 and 1: (N, K_i) of each factor."""
        x = x.float()
        rough = _densest(x)
        inside = x * _near(rough, _HALF)
        along = torch.arange(SIZE, device=x.device, dtype=x.dtype)
        mass = inside.sum((1, 2)).clamp(min=1)[:, None]
        profiles = torch.stack([inside.sum(2), inside.sum(1)], dim=1)  # (N, 2, 64): down, right
        centre = (profiles @ along) / mass  # (N, 2) row and column
        corner = (centre - (_WINDOW - 1) / 2).round().long().clamp(0, SIZE - _WINDOW)
        seen = x.flatten(1).gather(1, pixels_of_window(corner, _WINDOW))
        place = (1 - (centre[:, :, None] - along).abs()).clamp(min=0)  # between two pixels
        logits = self.layers(torch.cat([seen, place.flatten(1)], dim=1))
        return [part.log_softmax(dim=1) for part in logits.split(self.classes, dim=1)]

    def training_view(self, x: Tensor) -> Tensor:
        return disturb(x)

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """-log q(v | x) in nats an image, of (N, V) classes and (N, 64, 64) pictures."""
        each = [nn.functional.nll_loss(q, v[:, i]) for i, q in enumerate(self(x))]
        return torch.stack(each).sum()


def _densest(x: Tensor) -> Tensor:
    """(N, 2) int64 row and column around which most of (N, 64, 64) pictures is on."""
    along = torch.arange(SIZE, device=x.device, dtype=x.dtype)
    band = ((along[:, None] - along).abs() <= _HALF).to(x.dtype)
    around = band @ x @ band  # whole numbers: exact
    # the middle of all places that see as much: they are many, where a sprite is small
    most = (around == around.amax((1, 2), keepdim=True)).float()
    sides = torch.stack([most.sum(2), most.sum(1)], dim=1) @ along
    return (sides / most.sum((1, 2)).clamp(min=1)[:, None]).round().long()


def _near(place: Tensor, reach: int) -> Tensor:
    """(N, 64, 64) 1 within a square around (N, 2) places, else 0."""
    along = torch.arange(SIZE, device=place.device)
    row, column = ((along - place[:, i, None]).abs() <= reach for i in (0, 1))
    return (row[:, :, None] & column[:, None, :]).float()
