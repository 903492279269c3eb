"""Averages over draws: each distinct combination of factors is decoded and rendered once.

Several answers are averaged in one go: every row says which answer owns it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
        samples: draws of the factors of each answer.
        latents: draws of z of each answer; 0 where no picture reads z.
        mean: (Q, 4096) float64, E P.
        square: (Q, 4096) float64, E P².
        of_latent: (Q, 4096) float64, E Var(P | factors), z's share of the variance.
        of_error: (Q, 4096) float64, the variance that the draws of z leave to the mean.
    """

    def __init__(self, mean: Tensor, mixture: Mixture, model: ImageMechanism) -> None:
        """Starts from (Q, 4096) pictures on which nothing is painted yet."""
        used = mixture.used(len(mean))
        self.samples, self.latents = (
            mixture.samples,
            used if model.reads_latent else [0] * len(used),
        )
        self.mean = mean.double().cpu()
        self.square = self.mean.square()
        self.of_latent = torch.zeros_like(self.mean)
        self.of_error = torch.zeros_like(self.mean)

    def paint(
        self, owners: Tensor, weights: Tensor, new: Tensor, old: Tensor, pixels: Tensor
    ) -> None:
        """Puts (K,) `new` in the place of `old` at (K,) pixels of (K,) owners, weighted."""
        places = owners * SIZE**2 + pixels.cpu()
        new, old = new.double().cpu(), old.double().cpu()
        self.mean.view(-1).index_add_(0, places, (new - old) * weights)
        squares = (new.square() - old.square()) * weights
        self.square.view(-1).index_add_(0, places, squares)

    def blend(self, part: Mixture, new: Tensor, old: Tensor, pixels: Tensor) -> None:
        """Puts (M, K) `new` in the place of `old`, where each member has draws of z of its own.

        With m draws of a member whose weight is w, and s² their variance (unbiased):

            E Var(P | factors) = Σ w s²,      Var(mean | factors) = Σ w² s² / m

        Args:
            part: M rows.
            new: P of each row.
            old: what it replaces.
            pixels: (M, K) where they lie, alike in all rows of a member.
        """
        first = part.members.diff(prepend=part.members[:1] - 1).nonzero().squeeze(1)
        group, count = part.members - part.members[0], part.copies[first, None]
        group = torch.unique_consecutive(group, return_inverse=True)[1]
        weight = part.weights[first, None] * count
        places = part.owners[first, None] * SIZE**2 + pixels[first.to(pixels.device)].cpu()
        for values, sign in ((new.double().cpu(), 1), (old.double().cpu(), -1)):
            total, squares = torch.zeros(2, len(first), values.shape[1], dtype=values.dtype)
            total.index_add_(0, group, values)
            squares.index_add_(0, group, values.square())
            inside = (squares - total.square() / count).clamp(min=0) / (count - 1).clamp(min=1)
            for sums, added in (
                (self.mean, weight * total / count),
                (self.square, weight * squares / count),
                (self.of_latent, weight * inside),
                (self.of_error, weight.square() * inside / count),
            ):
                sums.view(-1).index_add_(0, places.flatten(), (sign * added).flatten())

    @property
    def density(self) -> np.ndarray:
        """(Q, 64, 64) float64 in [0, 1]."""
        return _pictures(self.mean.clamp(0, 1))  # sums round a hair past the ends

    @property
    def uncertainty(self) -> list[Uncertainty]:
        """Of each answer: the variance of its pixels by source, each unbiased but for the clip."""
        pixels = (self.mean.clamp(0, 1) - self.square).clamp(min=0)
        latent = self.of_latent.clamp(min=0)
        maps = (_pictures(part) for part in (self._of_factors(), latent, pixels))
        return [Uncertainty(*own) for own in zip(*maps, strict=True)]

    @property
    def standard_error(self) -> np.ndarray:
        """(Q, 64, 64) float64 of the density; NaN of a single sample.

        The factors' draws are independent of each other and of z, and no two rows share a draw
        of z (Searle, Casella and McCulloch 1992, section 3.6, with random classes):

            SE² = Var E(P | factors) / (samples - 1) + Var(mean | factors)
        """
        if self.samples == 1:
            return np.full((len(self.mean), SIZE, SIZE), np.nan)
        square = self._of_factors() / (self.samples - 1) + self.of_error.clamp(min=0)
        return _pictures(square.sqrt())

    @property
    def told(self) -> list[dict[str, Any]]:
        """Of each answer: its fields that the averages tell."""
        columns = {
            "density": self.density,
            "uncertainty": self.uncertainty,
            "standard_error": self.standard_error,
            "latents": self.latents,
        }
        return [dict(zip(columns, own, strict=True)) for own in zip(*columns.values(), strict=True)]

    def _of_factors(self) -> Tensor:
        """(Q, 4096) Var E(P | factors) over the draws: without z's share, and what it adds."""
        between = self.square - self.mean.clamp(0, 1).square()
        return (between - self.of_latent + self.of_error).clamp(min=0)


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
    averages = Averages(dark.expand(answers, SIZE**2), mixture, model)
    for part in mixture.parts():
        decoded = model.decode(part.classes.to(z.device), z[part.latents.to(z.device)])
        if len(z) > 1:
            light = decoded.logits.flatten(1).sigmoid()
            averages.blend(part, light, dark.expand_as(light), decoded.pixels)
        else:
            picture, pixels, logits = _lit(decoded)
            light, black = logits.sigmoid(), dark.expand_as(logits)
            averages.paint(part.owners[picture], part.weights[picture], light, black, pixels)
    return averages


@dataclass(frozen=True)
class Seen:
    """What E explanations of U images leave of them.

    Attributes:
        x: (U, 64, 64) the images, 0 and 1.
        about: (E,) int64, which image each explanation explains.
        v: (E, V) int64 the explanations.
        mean: (E, latent) of q(z | x, v).
        stddev: (E, latent) likewise.
        noise: (U, N, latent) draws of N(0, I), which each explanation moves to its own law.
        disturbed: (U,) bool, whether an image holds what no noise of the world put there, as a
            photo does: then what each explanation paints for certain stands in its place.
        pixels: p(x | v, z) of each explanation, where its one draw of z does for all; else None.
    """

    x: Tensor
    about: Tensor
    v: Tensor
    mean: Tensor
    stddev: Tensor
    noise: Tensor
    disturbed: Tensor
    pixels: WindowedBernoulli | None = None

    @property
    def ground(self) -> Tensor:
        """(U, 4096) what counterfactuals are painted on."""
        x = self.x.flatten(1)
        return x.masked_fill(self.disturbed.to(x.device)[:, None], 0)

    def latent(self, sources: Tensor, latents: Tensor) -> Tensor:
        """(M, latent) z ~ q(z | x, v) of (M,) explanations and which of N draws."""
        sources, latents = sources.to(self.mean.device), latents.to(self.mean.device)
        noise = self.noise[self.about.to(sources.device)[sources], latents]
        return self.mean[sources] + self.stddev[sources] * noise


@dataclass(frozen=True)
class Erased:
    """R pictures of explanations, and what is left of their images where they lay.

    Attributes:
        own: (R, 4096) the image, or what stands in its place.
        likely: (R, 4096) log p(x | v, z) of each of its pixels.
        window: (R, K) int64 where the picture lies.
        before: (R, K) the ground there.
        gone: (R, K) P(x' = 1 | x) there, were the new picture dark.
        left: (R, 4096) the same, and elsewhere the image.
    """

    own: Tensor
    likely: Tensor
    window: Tensor
    before: Tensor
    gone: Tensor
    left: Tensor

    @classmethod
    def of(cls, seen: Seen, sources: Tensor, pixels: WindowedBernoulli) -> Erased:
        """Erases the pictures of (R,) explanations from their images."""
        unit = seen.about.to(sources.device)[sources]
        own, canvas = seen.x.flatten(1)[unit], pixels.canvas.flatten(1)
        if seen.disturbed.any():
            swept = seen.disturbed.to(unit.device)[unit]
            own = torch.where(swept[:, None], (canvas > 0).to(own.dtype), own)
        # Outside the new picture's window p' is dark, and outside both windows p is too, so that
        # a pixel keeps its value there: what is left of x before anything is painted on it.
        window = pixels.pixels
        dark, before = own.new_tensor(BACKGROUND), seen.ground[unit].gather(1, window)
        gone = counterfactual_pixel(own.gather(1, window), pixels.logits.flatten(1), dark)
        likely = log_likelihood(own, canvas)
        return cls(own, likely, window, before, gone, own.scatter(1, window, gone))


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
    averages = Averages(seen.ground[units.to(seen.x.device)], mixture, model)
    if seen.pixels is None:
        for part in mixture.parts():
            _blend_abducted(model, averages, part, seen)
    else:
        _paint_abducted(model, averages, mixture, seen, seen.pixels)
    return averages


def _paint_abducted(
    model: ImageMechanism,
    averages: Averages,
    mixture: Mixture,
    seen: Seen,
    pixels: WindowedBernoulli,
) -> None:
    """Where one draw of z does for all: each explanation is erased once."""
    device = seen.mean.device
    erased = Erased.of(seen, torch.arange(len(seen.about), device=device), pixels)
    owners, row, weights = _shares(mixture)
    side = erased.window.shape[1]
    averages.paint(
        owners.repeat_interleave(side),
        weights.repeat_interleave(side),
        *(v[row.to(device)].flatten() for v in (erased.gone, erased.before, erased.window)),
    )
    for part in mixture.parts():
        row = part.sources.to(device)
        decoded = model.decode(part.classes.to(device), seen.latent(part.sources, part.latents))
        picture, at_pixel, logits = _lit(decoded)
        at = row[picture.to(device)] * SIZE**2 + at_pixel
        now, likely, left = (v.take(at) for v in (erased.own, erased.likely, erased.left))
        light = change(now, likely, log_likelihood(now, logits))
        averages.paint(part.owners[picture], part.weights[picture], light, left, at_pixel)


def _blend_abducted(model: ImageMechanism, averages: Averages, part: Mixture, seen: Seen) -> None:
    """Where each row has a draw of z of its own, before and after do()."""
    device, draws = seen.mean.device, seen.noise.shape[1]
    pairs, row = torch.unique(part.sources * draws + part.latents, return_inverse=True)
    sources, latents, row = pairs // draws, pairs % draws, row.to(device)
    explained = sources.to(device)
    z = seen.latent(sources, latents)
    erased = Erased.of(seen, explained, model.decode(seen.v[explained], z))
    averages.blend(part, erased.gone[row], erased.before[row], erased.window[row])
    decoded = model.decode(part.classes.to(device), z[row])
    at = row[:, None] * SIZE**2 + decoded.pixels
    now, likely, left = (v.take(at) for v in (erased.own, erased.likely, erased.left))
    light = change(now, likely, log_likelihood(now, decoded.logits.flatten(1)))
    averages.blend(part, light, left, decoded.pixels)


def _lit(decoded: WindowedBernoulli) -> tuple[Tensor, Tensor, Tensor]:
    """Where pictures differ from darkness: there alone anything is to be painted.

    Args:
        decoded: M pictures.

    Returns:
        (K,) which picture, on the CPU; which pixel of it, and its logit.
    """
    logits = decoded.logits.flatten()
    entry = (logits > BACKGROUND).nonzero().squeeze(1)
    picture = (entry // decoded.pixels.shape[1]).cpu()
    return picture, decoded.pixels.flatten()[entry], logits[entry]


def _shares(mixture: Mixture) -> tuple[Tensor, Tensor, Tensor]:
    """(P,) owners, their explanations, and the share of the owner's draws from each."""
    most = int(mixture.sources.max()) + 1
    codes, place = torch.unique(mixture.owners * most + mixture.sources, return_inverse=True)
    weights = torch.zeros(len(codes), dtype=torch.float64).index_add_(0, place, mixture.weights)
    return codes // most, codes % most, weights


def _pictures(flat: Tensor) -> np.ndarray:
    return flat.view(-1, SIZE, SIZE).numpy()
