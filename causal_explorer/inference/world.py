"""All that a question is asked of: the factors' story, the image mechanism, the truth."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.window import WindowedBernoulli
from causal_explorer.scm.scm import SCM

_FEW = 16  # draws of the factors up to which each has a draw of z of its own
_EACH = 4  # draws of the factors, where there are more, that share one
_WEIGHED = 8  # draws of z that a likelihood rests on
_AT_ONCE = 1_024  # pictures scored in one batch


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

    @property
    def device(self) -> torch.device:
        """The model's."""
        return next(self.model.parameters()).device

    def latents(self, samples: int) -> int:
        """How many draws of z an average over draws of the factors takes, at the least.

        A fourth as many, and 16 at the least where there are that many: the error that they leave
        then falls with the samples as the factors' own does. One where no picture reads z.
        """
        if not self.model.reads_latent:
            return 1
        return max(min(samples, _FEW), -(-samples // _EACH))

    def noise(self, draws: int, generator: torch.Generator) -> Tensor:
        """(draws, latent) of N(0, I); a single one where no picture reads z."""
        draws = draws if self.model.reads_latent else 1
        return torch.randn(draws, self.model.latent, generator=generator)

    def draw_latent(self, draws: int, generator: torch.Generator) -> Tensor:
        """(draws, latent) of p(z); a single one where no picture reads z."""
        prior = self.model.prior()
        return prior.mean + prior.stddev * self.noise(draws, generator).to(prior.mean.device)

    @torch.no_grad()
    def picture(self, x: Tensor, v: Tensor) -> Tensor:
        """(64, 64) p(x = 1 | v, z) at the mean of q(z | x, v), of a (64, 64) image and (V,) v."""
        x, v = x[None].to(self.device), v[None].to(self.device)
        return self.model.decode(v, self.model.encode(x, v).mean).mean[0].cpu()

    def log_likelihood(self, x: Tensor, v: Tensor, generator: torch.Generator) -> Tensor:
        """(N,) float64 log p(x | v) of one (64, 64) image under (N, V) classes.

        Exact where no picture reads z; else by importance sampling, with 8 draws of q(z | x, v)
        for each combination (Burda, Grosse and Salakhutdinov 2016, equation 8).
        """
        parts = [self._score(x, part, generator) for part in v.split(_AT_ONCE)]
        return torch.cat(parts).cpu()

    def _score(self, x: Tensor, v: Tensor, generator: torch.Generator) -> Tensor:
        v, seen = v.to(self.device), x.to(self.device).expand(len(v), -1, -1)
        if not self.model.reads_latent:
            z = torch.zeros(len(v), self.model.latent, device=self.device)
            decoded = self.model.decode(v, z)
            exact = WindowedBernoulli(decoded.logits.double(), decoded.corner)
            return exact.log_prob(seen)
        posterior, prior = self.model.encode(seen, v), self.model.prior()
        each = []
        for _ in range(_WEIGHED):
            noise = torch.randn(posterior.mean.shape, generator=generator).to(self.device)
            z = posterior.mean + posterior.stddev * noise
            weight = prior.log_prob(z) - posterior.log_prob(z)
            each.append((self.model.decode(v, z).log_prob(seen) + weight).double())
        return torch.stack(each).logsumexp(0) - log(_WEIGHED)
