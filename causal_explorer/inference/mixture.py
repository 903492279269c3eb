"""Averages over draws: each distinct combination of factors is decoded and rendered once.

Several answers are averaged in one go: every row says which answer owns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.inference.pixel import change, counterfactual_pixel, log_likelihood
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.window import BACKGROUND, WindowedBernoulli

_AT_ONCE = 1_024  # pictures decoded in one batch: bounds the memory of a query


@dataclass(frozen=True)
class Draws:
    """Draws of classes for several answers, collected.

    Attributes:
        classes: (D, V) int64, distinct within an answer.
        owners: (D,) int64, whose they are, ascending.
        counts: (D,) int64, of the answer's draws.
        answers: how many there are.
        samples: draws of each.
    """

    classes: Tensor
    owners: Tensor
    counts: Tensor
    answers: int
    samples: int

    @classmethod
    def of(cls, classes: Tensor) -> Draws:
        """Collects (Q, S, V) draws: S for each of Q answers."""
        answers, samples, _ = classes.shape
        flat = classes.flatten(0, 1)
        sizes = (answers, *(flat.amax(0) + 1).tolist())
        places = torch.tensor([*np.cumprod(sizes[:0:-1])[::-1].tolist(), 1])
        codes = flat @ places[1:] + torch.arange(answers).repeat_interleave(samples) * places[0]
        codes, counts = torch.unique(codes, return_counts=True)
        owners, *columns = torch.unravel_index(codes, sizes)
        return cls(torch.stack(columns, dim=1), owners, counts, answers, samples)


@dataclass(frozen=True)
class Mixture:
    """A weighted set of combinations of factors for each answer, each with a draw of z.

    Attributes:
        classes: (M, V) int64; a combination stands here more than once only where an answer
            has fewer combinations than draws of z.
        owners: (M,) int64, the answer.
        latents: (M,) int64, which of its L draws of z.
        weights: (M,) float64, summing to 1 for each answer.
    """

    classes: Tensor
    owners: Tensor
    latents: Tensor
    weights: Tensor

    @classmethod
    def of(cls, draws: Draws, latents: int) -> Mixture:
        """Deals `latents` draws of z out to each answer's combinations.

        z and the factors' noise are independent given the evidence, so any pairing of their
        draws is a draw of both.
        """
        distinct = torch.bincount(draws.owners, minlength=draws.answers)
        first = distinct.cumsum(0) - distinct  # where each answer's rows begin
        sizes = distinct.clamp(min=latents)
        owners = torch.repeat_interleave(sizes)
        dealt = torch.arange(len(owners)) - (sizes.cumsum(0) - sizes)[owners]
        member = first[owners] + dealt % distinct[owners]
        copies = torch.bincount(member, minlength=len(draws.classes))
        weights = (draws.counts.double() / copies)[member] / draws.samples
        return cls(draws.classes[member], owners, dealt % latents, weights)

    def parts(self) -> Iterator[Mixture]:
        """The same mixture in pieces small enough to decode at once."""
        for start in range(0, len(self.classes), _AT_ONCE):
            piece = slice(start, start + _AT_ONCE)
            yield Mixture(
                self.classes[piece],
                self.owners[piece],
                self.latents[piece],
                self.weights[piece],
            )


def average_truth(dataset: Dataset, draws: Draws) -> np.ndarray:
    """(Q, 64, 64) float64: the renderer's pictures, averaged over each answer's draws."""
    pictures = dataset.render(draws.classes.numpy()).reshape(len(draws.classes), -1)
    ends = torch.bincount(draws.owners, minlength=draws.answers).cumsum(0)[:-1].numpy()
    counts = np.split(draws.counts.numpy().astype(np.float32), ends)
    drawn = np.split(pictures.astype(np.float32), ends)
    total = np.stack([own @ part for own, part in zip(counts, drawn, strict=True)])
    # whole numbers below 2²⁴ in float32: exact so far
    return total.reshape(-1, SIZE, SIZE).astype(np.float64) / draws.samples


def average_prior(model: ImageMechanism, mixture: Mixture, z: Tensor) -> np.ndarray:
    """(64, 64) float64: Σ_m w_m p(x = 1 | v_m, z_m), pixel noise from its prior.

    Args:
        model: the model.
        mixture: of one answer.
        z: (L, latent) draws of p(z).
    """
    dark = z.new_tensor(BACKGROUND).sigmoid()
    density = torch.full((1, SIZE**2), float(dark), dtype=torch.float64)
    for part in mixture.parts():
        decoded = model.decode(part.classes.to(z.device), z[part.latents])
        light = decoded.logits.sigmoid().flatten(1) - dark
        _paint(density, light, decoded.pixels, part)
    return density.clamp(0, 1).view(SIZE, SIZE).numpy()  # sums round a hair past the ends


def average_abducted(
    model: ImageMechanism,
    mixture: Mixture,
    unit: Tensor,
    x: Tensor,
    z: Tensor,
    factual: WindowedBernoulli,
) -> np.ndarray:
    """(Q, 64, 64) float64: Σ_m w_m P(x' = 1 | x), pixel noise abducted from the image.

    Args:
        model: the model.
        mixture: of counterfactual classes, of Q answers.
        unit: (Q,) int64, which unit each answer is about.
        x: (U, 64, 64) the units' images, 0 and 1.
        z: (U, L, latent) draws of q(z | x, v).
        factual: the U·L pictures p(x | v, z).
    """
    units, latents = z.shape[:2]
    unit = unit.to(z.device)
    seen = x.flatten(1).repeat_interleave(latents, dim=0)
    likely = log_likelihood(seen, factual.canvas.view(units * latents, -1))
    # Outside the new picture's window p' is dark, and outside both windows p is too, so that
    # a pixel keeps its value there: what is left of x before anything is painted on it.
    inside = seen.gather(1, factual.pixels)
    erased = counterfactual_pixel(inside, factual.logits.flatten(1), z.new_tensor(BACKGROUND))
    lost = (erased - inside).view(units, latents, -1)
    left = seen.scatter(1, factual.pixels, erased)
    shares = torch.zeros(len(unit), latents, dtype=torch.float64)
    shares.index_put_((mixture.owners, mixture.latents), mixture.weights, accumulate=True)
    density = x.flatten(1)[unit].double()
    where = factual.pixels.view(units, latents, -1)[:, 0]  # v fixes the window, not z
    moved = (shares.to(lost)[:, None] @ lost[unit]).squeeze(1)
    density = density.scatter_add(1, where[unit], moved.double()).cpu()
    for part in mixture.parts():
        row = unit[part.owners] * latents + part.latents.to(z.device)
        decoded = model.decode(part.classes.to(z.device), z.flatten(0, 1)[row])
        pixels = row[:, None] * SIZE**2 + decoded.pixels
        now, before, gone = (flat.take(pixels) for flat in (seen, likely, left))
        after = log_likelihood(now, decoded.logits.flatten(1))
        _paint(density, change(now, before, after) - gone, decoded.pixels, part)
    return density.clamp(0, 1).view(-1, SIZE, SIZE).numpy()  # sums round a hair past the ends


def _paint(density: Tensor, light: Tensor, pixels: Tensor, part: Mixture) -> None:
    """Adds (M, P) light, weighted, at their (M, P) pixels to their owners' densities."""
    weighted = light.double().cpu() * part.weights[:, None]
    places = part.owners[:, None] * SIZE**2 + pixels.cpu()
    density.view(-1).index_add_(0, places.flatten(), weighted.flatten())
