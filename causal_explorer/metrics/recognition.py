"""Held-out recognition: how often a recogniser names the factors of a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from causal_explorer.data import dsprites
from causal_explorer.models.disturbed import disturb
from causal_explorer.models.recogniser import Recogniser


@dataclass(frozen=True)
class Recognition:
    """Means over images.

    Attributes:
        loss: -log q(v | x), nats an image.
        exact: share of images whose most probable classes are all right.
        disturbed: the same of noisy, cut and cluttered copies of them, and of clean ones.
        images: how many.
    """

    loss: float
    exact: float
    disturbed: float
    images: int

    @property
    def curve(self) -> dict[str, float]:
        """What a training run follows."""
        return {"label_nats": self.loss, "labels_right": self.exact}

    @property
    def table(self) -> dict[str, str]:
        """What a card says of it."""
        return {
            "held-out loss (-log q(factors given image))": f"{self.loss:.4f} nats an image",
            "all factors right at once, no symmetry counted": f"{100 * self.exact:.2f} %",
            "likewise, a quarter each clean, noisy, cut and cluttered": (
                f"{100 * self.disturbed:.2f} %"
            ),
        }


@torch.no_grad()
def recognition(
    model: Recogniser, batches: Iterable[tuple[Tensor, Tensor]], generator: torch.Generator
) -> Recognition:
    """Evaluates -log q(v | x), and the share of images whose every factor is right.

    Args:
        model: the recogniser.
        batches: of (classes (N, V) int64, pictures (N, 64, 64) of 0 and 1), on its device.
        generator: of what disturbs the copies, on the CPU.

    Raises:
        ValueError: there is no picture.
    """
    loss = right = disturbed = images = 0.0
    for v, x in batches:
        laws = model(x)
        loss -= sum(float(law.gather(1, v[:, i, None]).sum()) for i, law in enumerate(laws))
        right += _right(laws, v)
        copies = disturb(x.cpu(), generator, _others(len(x), generator).to(x.dtype))
        disturbed += _right(model(copies.to(x.device)), v)
        images += len(x)
    if not images:
        raise ValueError("There is no picture: an accuracy takes at least one.")
    return Recognition(loss / images, right / images, disturbed / images, int(images))


def _others(count: int, generator: torch.Generator) -> Tensor:
    """(count, 64, 64) sprites at random: held-out pictures come in order, like beside like."""
    rows = torch.randint(dsprites.COUNT, (count,), generator=generator)
    return torch.from_numpy(dsprites.render(dsprites.classes_of(rows.numpy())))


def _right(laws: list[Tensor], v: Tensor) -> float:
    """How many pictures have all their factors named."""
    return float((torch.stack([law.argmax(1) for law in laws], dim=1) == v).all(1).sum())
