"""Averages over draws: each distinct combination of factors is decoded and rendered once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.window import BACKGROUND

_AT_ONCE = 1_024  # pictures decoded in one batch: bounds the memory of a query


@dataclass(frozen=True)
class Mixture:
    """A weighted set of combinations of factors, each with a draw of z.

    Attributes:
        classes: (M, V) int64; a combination stands here more than once only where there are
            fewer combinations than draws of z.
        latents: (M,) int64, which of the L draws of z goes with each.
        weights: (M,) float64, summing to 1.
    """

    classes: Tensor
    latents: Tensor
    weights: Tensor

    @classmethod
    def of(cls, classes: Tensor, latents: int) -> Mixture:
        """Collects (S, V) draws of classes, and deals `latents` draws of z out to them.

        z and the factors' noise are independent given the evidence, so any pairing of their
        draws is a draw of both.
        """
        distinct, counts = _distinct(classes)
        dealt = torch.arange(max(len(distinct), latents))
        member = dealt % len(distinct)
        copies = torch.bincount(member, minlength=len(distinct))
        weights = (counts / copies)[member].double() / len(classes)
        return cls(distinct[member], dealt % latents, weights)

    def parts(self) -> Iterator[Mixture]:
        """The same mixture in pieces small enough to decode at once."""
        for start in range(0, len(self.classes), _AT_ONCE):
            piece = slice(start, start + _AT_ONCE)
            yield Mixture(self.classes[piece], self.latents[piece], self.weights[piece])


def average_truth(dataset: Dataset, classes: Tensor) -> np.ndarray:
    """(64, 64) float64: the renderer's pictures, averaged over (S, V) draws."""
    distinct, counts = _distinct(classes)
    pictures = dataset.render(distinct.numpy()).reshape(len(distinct), -1).astype(np.float32)
    total = counts.numpy().astype(np.float32) @ pictures  # whole numbers below 2²⁴: exact
    return total.reshape(SIZE, SIZE).astype(np.float64) / len(classes)


def average_prior(model: ImageMechanism, mixture: Mixture, z: Tensor) -> np.ndarray:
    """(64, 64) float64: Σ_m w_m p(x = 1 | v_m, z_m), pixel noise from its prior."""
    dark = z.new_tensor(BACKGROUND).sigmoid()
    density = np.full((SIZE, SIZE), float(dark))
    for part in mixture.parts():
        decoded = model.decode(part.classes.to(z.device), z[part.latents])
        change = decoded.logits.sigmoid().flatten(1) - dark
        density += _paint(change, decoded.pixels, part.weights)
    return density.clip(0, 1)  # sums of differences round a hair past the ends


def average_abducted(
    model: ImageMechanism, mixture: Mixture, z: Tensor, x: Tensor, factual: Tensor
) -> np.ndarray:
    """(64, 64) float64: Σ_m w_m P(x' = 1 | x), pixel noise abducted from the image.

    Args:
        model: the model.
        mixture: of counterfactual classes.
        z: (L, latent) draws of q(z | x, v).
        x: (64, 64) the image, 0 and 1.
        factual: (L, 64, 64) logits of p(x = 1 | v, z).
    """
    x, factual = x.flatten(), factual.flatten(1)
    unpainted = counterfactual_pixel(x, factual, z.new_tensor(BACKGROUND))  # outside the windows
    shares = torch.bincount(mixture.latents, mixture.weights, minlength=len(z))
    density = (shares.to(z.device) @ unpainted.double()).view(SIZE, SIZE).cpu().numpy()
    for part in mixture.parts():
        decoded = model.decode(part.classes.to(z.device), z[part.latents])
        here = factual[part.latents].gather(1, decoded.pixels)
        painted = counterfactual_pixel(x[decoded.pixels], here, decoded.logits.flatten(1))
        change = painted - unpainted[part.latents].gather(1, decoded.pixels)
        density += _paint(change, decoded.pixels, part.weights)
    return density.clip(0, 1)  # sums of differences round a hair past the ends


def counterfactual_pixel(x: Tensor, logit: Tensor, logit_cf: Tensor) -> Tensor:
    """P(x' = 1 | x) of a pixel x := 1[u < p], with u abducted in closed form.

    u | x=1 ~ U(0, p) gives min(1, p'/p); u | x=0 ~ U(p, 1) gives max(0, (p' - p) / (1 - p)).
    Both say that a pixel keeps its value with probability min(1, p'(x) / p(x)), which in
    logarithms holds even where p rounds to 0 or 1.

    Args:
        x: 0 or 1.
        logit: of the factual p; shapes broadcast.
        logit_cf: of the counterfactual p'.
    """
    side = 2 * x - 1
    ratio = functional.logsigmoid(side * logit_cf) - functional.logsigmoid(side * logit)
    kept = ratio.clamp(max=0)
    return torch.where(x > 0.5, kept.exp(), -kept.expm1())


def _distinct(classes: Tensor) -> tuple[Tensor, Tensor]:
    """The distinct rows of (S, V) classes, and how often each occurs."""
    sizes = tuple((classes.amax(0) + 1).tolist())
    places = torch.tensor([*np.cumprod(sizes[:0:-1])[::-1].tolist(), 1])
    codes, counts = torch.unique(classes @ places, return_counts=True)
    return torch.stack(torch.unravel_index(codes, sizes), dim=1), counts


def _paint(values: Tensor, pixels: Tensor, weights: Tensor) -> np.ndarray:
    """Adds (M, P) weighted values up at their (M, P) pixels: (64, 64) float64."""
    canvas = torch.zeros(SIZE**2, dtype=torch.float64, device=values.device)
    weighted = values.double() * weights.to(values.device)[:, None]
    canvas.index_add_(0, pixels.flatten(), weighted.flatten())
    return canvas.view(SIZE, SIZE).cpu().numpy()
