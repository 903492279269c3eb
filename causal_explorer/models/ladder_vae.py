"""The ladder VAE, and the VAE of as many layers that it is compared with.

    p(x, z) = p(x | z₁) p(z₁ | z₂) … p(z₄ | z₅) N(z₅; 0, I)
    ladder    q(z | x) = q(z₅ | x) Π q(zᵢ | zᵢ₊₁, x), what the picture says merged with the prior
    VAE       q(z | x) = q(z₁ | x) Π q(zᵢ₊₁ | zᵢ), bottom up and blind to the prior

Source: Sønderby, Raiko, Maaløe, Sønderby and Winther 2016 (arXiv:1602.02282). There a dense
layer reads the whole picture; here one that all patches share comes first, which keeps it small.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.distributions import Independent, Normal, kl_divergence
from torch.nn import functional

from causal_explorer.data.dataset import Dataset
from causal_explorer.models.autoencoder import Autoencoder
from causal_explorer.models.ladder_config import LadderVAEConfig
from causal_explorer.models.ladder_layers import (
    PATCH,
    Dense,
    Gaussian,
    Painter,
    Reader,
    merge,
    normal,
    standard,
)


class Layer(NamedTuple):
    """A stochastic layer: z, and the laws q(z | …) and p(z | above) of (N, L) numbers."""

    z: Tensor
    q: Normal
    p: Normal


class LadderVAE(Autoencoder):
    """Layers of latents, each of which the one above expects.

    Attributes:
        sizes: units of each layer, from the picture up.
        latents: of all layers together; see `encode`.
        weight: of the KL in the loss; `begin` warms it up.
    """

    def __init__(self, dataset: Dataset, config: LadderVAEConfig) -> None:
        """Builds the networks for square pictures of 0 and 1.

        Raises:
            ValueError: other pictures.
        """
        super().__init__()
        shape, norm = tuple(dataset.shape), config.batch_norm
        if len(shape) != 2 or shape[0] != shape[1] or shape[0] % PATCH:
            raise ValueError(
                f"The ladder VAE cannot learn {dataset.name}: it takes square pictures of 0 and 1 "
                f"with a side that {PATCH} divides, and these are {' × '.join(map(str, shape))}."
            )
        self.sizes, self.latents = tuple(config.sizes), sum(config.sizes)
        self.ladder, self.warm_up, self.weight = config.ladder, config.warm_up, 1.0
        hidden = tuple(config.hidden)
        self.reader = Reader(shape[0], config.features, norm)
        below = (self.reader.width, *(hidden if config.ladder else self.sizes)[:-1])
        pairs = list(zip(self.sizes, hidden, strict=True))
        self.up = nn.ModuleList([Dense(b, h, norm) for b, h in zip(below, hidden, strict=True)])
        self.seen = nn.ModuleList([Gaussian(h, size) for size, h in pairs])
        self.down = nn.ModuleList([Dense(size, h, norm) for size, h in pairs])
        self.expected = nn.ModuleList([Gaussian(b[1], a[0]) for a, b in pairwise(pairs)])
        self.painter = Painter(hidden[0], shape[0], config.features, norm)

    def begin(self, progress: float) -> None:
        """KL weight: linear from 0 to 1 over the first `warm_up` of the run (section 3.1)."""
        self.weight = min(1.0, progress / self.warm_up) if self.warm_up else 1.0

    def infer(
        self, x: Tensor, generator: torch.Generator | None = None, draw: bool = True
    ) -> list[Layer]:
        """z ~ q(z | x) of (N, S, S) pictures, or the mean at every layer; from the picture up."""
        h = self.reader(x.float())
        return (self._climb_down if self.ladder else self._climb_up)(h, generator, draw)

    def _climb_down(self, h: Tensor, generator: torch.Generator | None, draw: bool) -> list[Layer]:
        """q(zᵢ | zᵢ₊₁, x), the top first, once all layers have seen the picture."""
        likelihoods = []
        for up, seen in zip(self.up, self.seen, strict=True):
            h = up(h)
            likelihoods.append(seen(h))
        layers: list[Layer] = []
        for i in reversed(range(len(self.sizes))):
            p = self.prior(i, layers[-1].z if layers else h)
            q = merge(likelihoods[i], p) if layers else likelihoods[i]
            layers.append(Layer(_from(q, generator, draw), q, p))
        return layers[::-1]

    def _climb_up(self, h: Tensor, generator: torch.Generator | None, draw: bool) -> list[Layer]:
        """q(zᵢ₊₁ | zᵢ), the bottom first; only then is each compared with what was expected."""
        found = []
        for up, seen in zip(self.up, self.seen, strict=True):
            q = seen(up(h))
            h = _from(q, generator, draw)
            found.append((h, q))
        above = [z for z, _ in found[1:]] + [h]
        return [Layer(z, q, self.prior(i, above[i])) for i, (z, q) in enumerate(found)]

    def prior(self, layer: int, above: Tensor) -> Normal:
        """p(zᵢ | zᵢ₊₁) of (N, …) draws of the layer above; N(0, I) at the top."""
        if layer == len(self.sizes) - 1:
            return standard(len(above), self.sizes[-1], above)
        return self.expected[layer](self.down[layer + 1](above))

    def unit_kl(self, layers: list[Layer]) -> list[Tensor]:
        """KL(q ‖ p) of each unit, (N, L) nats a layer.

        The ladder's is exact given the layer above. In the VAE the layer above depends on z, so
        there log q(z) - log p(z | above) at the draw stands for it, which may be negative.
        """
        if self.ladder:
            return [kl_divergence(layer.q, layer.p) for layer in layers]
        return [layer.q.log_prob(layer.z) - layer.p.log_prob(layer.z) for layer in layers]

    def image_nats(self, x: Tensor, z: Tensor) -> Tensor:
        """(N,) -log p(x | z₁)."""
        logits = self.painter(self.down[0](z))
        each = functional.softplus(logits) - x * logits
        return each.sum((1, 2))

    def terms(self, v: Tensor, x: Tensor) -> dict[str, Tensor]:
        """(N,) "image_nats" and "kl_nats", whose sum is -ELBO, and each layer's "kl_<i>_nats"."""
        layers = self.infer(x)
        kl = [each.sum(1) for each in self.unit_kl(layers)]
        found = {"image_nats": self.image_nats(x, layers[0].z), "kl_nats": torch.stack(kl).sum(0)}
        return found | {f"kl_{i}_nats": each for i, each in enumerate(kl, 1)}

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """-log p(x | z) + weight · KL, nats an image."""
        terms = self.terms(v, x)
        return (terms["image_nats"] + self.weight * terms["kl_nats"]).mean()

    def log_weight(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """(N,) log p(x, z) - log q(z | x) at a draw of z, for importance sampling."""
        layers = self.infer(x, generator)
        ratio = [(p.log_prob(z) - q.log_prob(z)).sum(1) for z, q, p in layers]
        return torch.stack(ratio).sum(0) - self.image_nats(x, layers[0].z)

    def encode(self, x: Tensor) -> Independent:
        """q of the noise of every layer, e = (z - μ_p) / σ_p, given (N, S, S) pictures.

        The latents are that noise, not z: its prior is N(0, I) at every layer. Layer 1 comes
        first; layers above are held at their means.

        Returns:
            a law of (N, latents).
        """
        layers = self.infer(x, draw=False)
        mean = torch.cat([(q.mean - p.mean) / p.stddev for _, q, p in layers], dim=1)
        spread = torch.cat([q.stddev / p.stddev for _, q, p in layers], dim=1)
        return Independent(normal(mean, spread.square()), 1)

    def decode(self, z: Tensor) -> Tensor:
        """p(x = 1 | noise) of (N, latents), (N, S, S): zᵢ = μ_p(zᵢ₊₁) + σ_p(zᵢ₊₁) eᵢ downwards.

        Moving a unit so moves the layers below by their conditional priors, their noise held.
        """
        noise, above = z.split(self.sizes, dim=1), z
        for i in reversed(range(len(self.sizes))):
            p = self.prior(i, above)
            above = p.mean + p.stddev * noise[i]
        return self.painter(self.down[0](above)).sigmoid()


def _from(q: Normal, generator: torch.Generator | None, draw: bool) -> Tensor:
    """A draw, or the mean."""
    if not draw:
        return q.mean
    device = q.mean.device if generator is None else generator.device
    noise = torch.randn(q.mean.shape, generator=generator, device=device)
    return q.mean + q.stddev * noise.to(q.mean.device)
