"""All that a question is asked of: the factors' story, the image mechanism, the truth."""

from __future__ import annotations

from collections.abc import Sequence
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
        self, x: Tensor, v: Tensor, samples: int, generators: Sequence[torch.Generator]
    ) -> Tensor:
        """(U, L, latent) draws of q(z | x, v) of (U, 64, 64) images and (U, V) classes."""
        posterior = self.model.encode(x, v.to(x.device))
        noise = torch.stack([self._noise(samples, generator) for generator in generators])
        return posterior.mean[:, None] + posterior.stddev[:, None] * noise.to(x.device)

    def draw_latent(self, samples: int, generator: torch.Generator) -> Tensor:
        """(L, latent) draws of p(z)."""
        prior = self.model.prior()
        return prior.mean + prior.stddev * self._noise(samples, generator).to(prior.mean.device)

    def _noise(self, samples: int, generator: torch.Generator) -> Tensor:
        """At most 16 draws of N(0, I); one for a single sample, or where no picture reads z."""
        draws = min(samples, _LATENTS) if self.model.reads_latent else 1
        return torch.randn(draws, self.model.latent, generator=generator)
