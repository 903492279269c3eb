"""Averages over draws: each distinct combination of factors is decoded and rendered once.

Several answers are averaged in one go: every row says which answer owns it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.inference.draws import Draws, Mixture
from causal_explorer.inference.pixel import change, counterfactual_pixel, log_likelihood
from causal_explorer.inference.uncertainty import Uncertainty
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.window import BACKGROUND, WindowedBernoulli


class Averages:
    """Moments of P = p(x' = 1 | factors, z, evidence) over the draws of Q answers.

    Attributes:
        mean: (Q, 4096) float64, E P.
        square: (Q, 4096) float64, E P².
        of_latent: (Q, 4096) float64, E Var(P | factors), z's share of the variance.
    """

    def __init__(self, mean: Tensor) -> None:
        """Starts from (Q, 4096) pictures on which nothing is painted yet."""
        self.mean = mean.double().cpu()
        self.square = self.mean.square()
        self.of_latent = torch.zeros_like(self.mean)

    def paint(
        self, owners: Tensor, weights: Tensor, new: Tensor, old: Tensor, pixels: Tensor
    ) -> None:
        """Puts (K,) `new` in the place of `old` at (K,) pixels of (K,) owners, weighted."""
        places = owners * SIZE**2 + pixels.cpu()
        new, old = new.double().cpu(), old.double().cpu()
        self.mean.view(-1).index_add_(0, places, (new - old) * weights)
        squares = (new.square() - old.square()) * weights
        self.square.view(-1).index_add_(0, places, squares)

    def spread(self, part: Mixture, new: Tensor, old: Tensor, pixels: Tensor) -> None:
        """Likewise for what z makes of the variance, from the copies of each combination."""
        places = part.owners[:, None] * SIZE**2 + pixels.cpu()
        group = part.members - part.members[0]
        share, copies = part.weights[:, None], part.copies[:, None]
        for values, sign in ((new.double().cpu(), 1), (old.double().cpu(), -1)):
            mean = torch.zeros(int(group[-1]) + 1, values.shape[1], dtype=values.dtype)
            mean.index_add_(0, group, values / copies)
            inside = (values - mean[group]).square() * copies / (copies - 1)
            flat = (sign * share * inside).flatten()
            self.of_latent.view(-1).index_add_(0, places.flatten(), flat)

    @property
    def density(self) -> np.ndarray:
        """(Q, 64, 64) float64 in [0, 1]."""
        return _pictures(self.mean.clamp(0, 1))  # sums round a hair past the ends

    @property
    def uncertainty(self) -> list[Uncertainty]:
        """Of each answer: the variance of its pixels by source."""
        mean = self.mean.clamp(0, 1)
        pixels = (mean - self.square).clamp(min=0)
        between = (self.square - mean.square()).clamp(min=0)
        latent = torch.minimum(self.of_latent.clamp(min=0), between)  # an estimate, kept in bounds
        factors = between - latent
        maps = (_pictures(part) for part in (factors, latent, pixels))
        return [Uncertainty(*own) for own in zip(*maps, strict=True)]


def average_truth(dataset: Dataset, draws: Draws) -> np.ndarray:
    """(Q, 64, 64) float64: the renderer's pictures, averaged over each answer's draws."""
    pictures = dataset.render(draws.classes.numpy()).reshape(len(draws.classes), -1)
    ends = torch.bincount(draws.owners, minlength=draws.answers).cumsum(0)[:-1].numpy()
    counts = np.split(draws.counts.numpy().astype(np.float32), ends)
    drawn = np.split(pictures.astype(np.float32), ends)
    total = np.stack([own @ part for own, part in zip(counts, drawn, strict=True)])
    # whole numbers below 2²⁴ in float32: exact so far
    return total.reshape(-1, SIZE, SIZE).astype(np.float64) / draws.samples


def average_prior(model: ImageMechanism, mixture: Mixture, z: Tensor, answers: int) -> Averages:
    """E p(x = 1 | v, z) of Q answers, pixel noise from its prior.

    Args:
        model: the model.
        mixture: of Q answers.
        z: (L, latent) draws of p(z).
        answers: Q.
    """
    dark = z.new_tensor(BACKGROUND).sigmoid()
    averages = Averages(dark.expand(answers, SIZE**2))
    for part in mixture.parts():
        decoded = model.decode(part.classes.to(z.device), z[part.latents.to(z.device)])
        picture, pixels, logits = _lit(decoded, everywhere=len(z) > 1)
        light, black = logits.sigmoid(), dark.expand_as(logits)
        averages.paint(part.owners[picture], part.weights[picture], light, black, pixels)
        if len(z) > 1:
            shape = decoded.pixels.shape
            averages.spread(part, light.view(shape), black.view(shape), decoded.pixels)
    return averages


@dataclass(frozen=True)
class Seen:
    """What E explanations of U images leave of them.

    Attributes:
        x: (U, 64, 64) the images, 0 and 1.
        about: (E,) int64, which image each explanation explains.
        z: (E, L, latent) draws of q(z | x, v).
        pixels: p(x | v, z), E·L pictures; a pixel's noise lies below p or above.
        disturbed: (U,) bool, whether an image holds what no noise of the world put there, as a
            photo does: then what each explanation paints for certain stands in its place.
    """

    x: Tensor
    about: Tensor
    z: Tensor
    pixels: WindowedBernoulli
    disturbed: Tensor

    def grounds(self) -> tuple[Tensor, Tensor]:
        """(U, 4096) what a counterfactual is painted on, and (E·L, 4096) what is painted over."""
        x, latents = self.x.flatten(1), self.z.shape[1]
        about = self.about.to(x.device).repeat_interleave(latents)
        if not self.disturbed.any():
            return x, x[about]
        swept = self.disturbed.to(x.device)[:, None]
        certain = (self.pixels.canvas.flatten(1) > 0).to(x.dtype)
        return x.masked_fill(swept, 0), torch.where(swept[about], certain, x[about])


def average_abducted(
    model: ImageMechanism, mixture: Mixture, units: Tensor, seen: Seen
) -> Averages:
    """E P(x' = 1 | x) of Q answers, pixel noise abducted from the image.

    Args:
        model: the model.
        mixture: of counterfactual classes, each from an explanation.
        units: (Q,) int64, the image that each answer is about.
        seen: the images and their explanations.
    """
    latents, device = seen.z.shape[1], seen.z.device
    ground, own = seen.grounds()
    under = ground[seen.about.to(device)].repeat_interleave(latents, dim=0)  # (E·L, 4096)
    likely = log_likelihood(own, seen.pixels.canvas.flatten(1))
    # Outside the new picture's window p' is dark, and outside both windows p is too, so that
    # a pixel keeps its value there: what is left of x before anything is painted on it.
    window = seen.pixels.pixels
    inside = own.gather(1, window)
    dark = own.new_tensor(BACKGROUND)
    erased = counterfactual_pixel(inside, seen.pixels.logits.flatten(1), dark)
    left = own.scatter(1, window, erased)
    before = under.gather(1, window)
    averages = Averages(ground[units.to(device)])
    owners, row, weights = _shares(mixture, latents)
    side = window.shape[1]
    averages.paint(
        owners.repeat_interleave(side),
        weights.repeat_interleave(side),
        *(values[row.to(device)].flatten() for values in (erased, before, window)),
    )
    for part in mixture.parts():
        row = (part.sources * latents + part.latents).to(device)
        decoded = model.decode(part.classes.to(device), seen.z.flatten(0, 1)[row])
        picture, pixels, logits = _lit(decoded, everywhere=latents > 1)
        at = row[picture.to(device)] * SIZE**2 + pixels
        now, fit, gone = (flat.take(at) for flat in (own, likely, left))
        light = change(now, fit, log_likelihood(now, logits))
        averages.paint(part.owners[picture], part.weights[picture], light, gone, pixels)
        if latents > 1:
            shape = decoded.pixels.shape
            averages.spread(part, erased[row], before[row], window[row])
            averages.spread(part, light.view(shape), gone.view(shape), decoded.pixels)
    return averages


def _lit(decoded: WindowedBernoulli, everywhere: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Where pictures differ from darkness: there alone anything is to be painted.

    Args:
        decoded: M pictures.
        everywhere: all of their windows' pixels instead.

    Returns:
        (K,) which picture, on the CPU; which pixel of it, and its logit.
    """
    logits = decoded.logits.flatten()
    if everywhere:
        entry = torch.arange(len(logits), device=logits.device)
    else:
        entry = (logits > BACKGROUND).nonzero().squeeze(1)
    picture = (entry // decoded.pixels.shape[1]).cpu()
    return picture, decoded.pixels.flatten()[entry], logits[entry]


def _shares(mixture: Mixture, latents: int) -> tuple[Tensor, Tensor, Tensor]:
    """(P,) owners, explanations' draws of z, and the share of the owner's draws from each."""
    rows = mixture.sources * latents + mixture.latents
    most = int(rows.max()) + 1
    codes, place = torch.unique(mixture.owners * most + rows, return_inverse=True)
    weights = torch.zeros(len(codes), dtype=torch.float64).index_add_(0, place, mixture.weights)
    return codes // most, codes % most, weights


def _pictures(flat: Tensor) -> np.ndarray:
    return flat.view(-1, SIZE, SIZE).numpy()
