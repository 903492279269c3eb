"""What a ladder is made of: dense layers, Gaussian heads, and the merge of two Gaussians.

Means, variances and the statistics of a batch stay in float32 under autocast.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn import functional

PATCH = 8  # side, pixels
_SLOPE = 0.1  # of the leaky ReLU below 0, Sønderby et al. 2016, section 3
_LEAST = 1e-4  # variance
_DARK = -3.0  # logit of a pixel before training: sprites are small


class Dense(nn.Module):
    """Two dense layers with leaky ReLU, each normalised over the batch where that is asked."""

    def __init__(self, inputs: int, width: int, batch_norm: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(inputs, width), nn.Linear(width, width)])
        self.norms = nn.ModuleList([_norm(width, batch_norm) for _ in self.layers])

    def forward(self, h: Tensor) -> Tensor:
        """(N, inputs) to (N, width) float32."""
        for layer, norm in zip(self.layers, self.norms, strict=True):
            h = functional.leaky_relu(norm(layer(h).float()), _SLOPE)
        return h


class Gaussian(nn.Module):
    """N(μ, σ²) with μ = Wh + b and σ² = softplus(W'h + b')."""

    def __init__(self, inputs: int, latents: int) -> None:
        super().__init__()
        self.layer = nn.Linear(inputs, 2 * latents)

    def forward(self, h: Tensor) -> Normal:
        """(N, inputs) to a law of (N, latents)."""
        mean, raw = self.layer(h).float().chunk(2, dim=1)
        return normal(mean, functional.softplus(raw) + _LEAST)


class Reader(nn.Module):
    """A picture to features: one dense layer, which all patches of 8 × 8 pixels share.

    Attributes:
        width: features of all patches together.
    """

    def __init__(self, size: int, features: int, batch_norm: bool) -> None:
        super().__init__()
        self.side, self.width = size // PATCH, (size // PATCH) ** 2 * features
        self.layer = nn.Linear(PATCH**2, features)
        self.norm = _norm(self.width, batch_norm)

    def forward(self, x: Tensor) -> Tensor:
        """(N, size, size) floats to (N, width)."""
        n = self.side
        patches = x.view(-1, n, PATCH, n, PATCH).transpose(2, 3).reshape(-1, n * n, PATCH**2)
        seen = self.layer(patches).float().flatten(1)
        return functional.leaky_relu(self.norm(seen), _SLOPE)


class Painter(nn.Module):
    """Features to the logits of a picture: a dense layer, then two that all patches share."""

    def __init__(self, inputs: int, size: int, features: int, batch_norm: bool) -> None:
        super().__init__()
        self.side, self.features = size // PATCH, features
        width = self.side**2 * features
        self.spread = nn.Linear(inputs, width)
        self.norm = _norm(width, batch_norm)
        self.layers = nn.ModuleList([nn.Linear(features, PATCH**2), nn.Linear(PATCH**2, PATCH**2)])
        nn.init.constant_(self.layers[1].bias, _DARK)  # type: ignore[arg-type]

    def forward(self, h: Tensor) -> Tensor:
        """(N, inputs) to (N, size, size) float32."""
        n = self.side
        h = functional.leaky_relu(self.norm(self.spread(h).float()), _SLOPE)
        h = functional.leaky_relu(self.layers[0](h.view(-1, n * n, self.features)), _SLOPE)
        patches = self.layers[1](h).float().view(-1, n, n, PATCH, PATCH)
        return patches.transpose(2, 3).reshape(-1, n * PATCH, n * PATCH)


def normal(mean: Tensor, variance: Tensor) -> Normal:
    """N(μ, σ²), unchecked: who trains sees to it that all is finite."""
    return Normal(mean, variance.sqrt(), validate_args=False)


def standard(count: int, latents: int, like: Tensor) -> Normal:
    """N(0, I) of (count, latents)."""
    zero = torch.zeros(count, latents, device=like.device)
    return normal(zero, torch.ones_like(zero))


def merge(likelihood: Normal, prior: Normal) -> Normal:
    """The product of two Gaussians, normalised: their precisions add up.

        σ_q² = 1 / (σ̂⁻² + σ_p⁻²),   μ_q = (μ̂ σ̂⁻² + μ_p σ_p⁻²) σ_q²

    Source: Sønderby et al. 2016 (arXiv:1602.02282), section 2.1.
    """
    seen, expected = likelihood.variance.reciprocal(), prior.variance.reciprocal()
    variance = (seen + expected).reciprocal()
    return normal((likelihood.mean * seen + prior.mean * expected) * variance, variance)


def _norm(width: int, batch_norm: bool) -> nn.Module:
    return nn.BatchNorm1d(width) if batch_norm else nn.Identity()
