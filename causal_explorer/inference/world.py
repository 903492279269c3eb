"""All that a question is asked of: the factors' story, the image mechanism, the truth."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.scm.scm import SCM

_LATENTS = 16  # draws of z that an average of many samples rests on


@dataclass(frozen=True)
class World:
    """A structural causal model of images.

    Attributes:
        story: v := f(pa, u).
        model: p(x | v, z) and q(z | x, v).
        dataset: whose renderer knows the true picture of v.
    """

    story: SCM
    model: ImageMechanism
    dataset: Dataset

    def abduct_latent(
        self, x: Tensor, v: Tensor, samples: int, generator: torch.Generator
    ) -> Tensor:
        """(L, latent) draws of q(z | x, v) of one image (64, 64) and its classes (V,)."""
        posterior = self.model.encode(x[None], v[None].to(x.device))
        return _draws(posterior.mean, posterior.stddev, samples, generator)

    def draw_latent(self, samples: int, generator: torch.Generator) -> Tensor:
        """(L, latent) draws of p(z)."""
        prior = self.model.prior()
        return _draws(prior.mean[None], prior.stddev[None], samples, generator)


def _draws(mean: Tensor, sd: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    """At most 16 draws of N(mean, sd²), for (1, latent) moments; one for a single sample."""
    shape = (min(samples, _LATENTS), mean.shape[1])
    return mean + sd * torch.randn(shape, generator=generator).to(mean.device)
