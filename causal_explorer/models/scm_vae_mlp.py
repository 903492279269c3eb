"""The class project's networks, kept as an exhibit: dense layers and no geometry.

    q(z | x, v): picture and one-hot factors, two softplus layers, mean and sd of z
    p(x | v, z): one-hot factors and z, three softplus layers, one logit a pixel

Those were 1,000 units wide; the exhibit is narrower, so that its checkpoint stays small.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pyro.distributions as dist
import torch
from torch import Tensor, nn
from torch.nn import functional

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.settings import check_sizes
from causal_explorer.models.sprites import require_sprites
from causal_explorer.models.window import WindowedBernoulli


@dataclass(frozen=True)
class SCMVAEMLPConfig:
    """Sizes of the networks.

    Attributes:
        latent: dimensions of z.
        hidden: units of each hidden layer; the class project has 1,000.
    """

    latent: int = 50
    hidden: int = 1_000

    def __post_init__(self) -> None:
        check_sizes(self)


class SCMVAEMLP(ImageMechanism):
    """Dense encoder and decoder over the whole picture."""

    def __init__(self, dataset: Dataset, config: SCMVAEMLPConfig) -> None:
        """Builds the networks for factors of any number of classes.

        Raises:
            ValueError: other factors than those of sprites.
        """
        super().__init__(config.latent)
        require_sprites(dataset, "scm-vae-mlp")
        self.classes = tuple(variable.classes for variable in dataset.variables)
        pixels, labels, hidden = SIZE**2, sum(self.classes), config.hidden
        self.encoder = _dense(pixels + labels, hidden, hidden, 2 * config.latent)
        self.decoder = _dense(labels + config.latent, hidden, hidden, hidden, pixels)

    def decode(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, V) int64 classes and (N, L) latents; the window is all of it."""
        logits = self.decoder(torch.cat([self._labels(v), z], dim=1))
        corner = torch.zeros(len(v), 2, dtype=torch.int64, device=z.device)
        return WindowedBernoulli(logits.view(-1, SIZE, SIZE), corner)

    def encode(self, x: Tensor, v: Tensor) -> dist.Independent:
        """q(z | x, v) of (N, 64, 64) pictures in [0, 1] and their (N, V) classes."""
        seen = x.flatten(1).to(next(self.parameters()).dtype)
        mean, log_sd = self.encoder(torch.cat([seen, self._labels(v)], dim=1)).chunk(2, dim=1)
        return dist.Normal(mean, log_sd.exp()).to_event(1)

    def _labels(self, v: Tensor) -> Tensor:
        """(N, V) classes to one-hot columns side by side."""
        columns = [functional.one_hot(v[:, i], classes) for i, classes in enumerate(self.classes)]
        return torch.cat(columns, dim=1).to(next(self.parameters()).dtype)


def _dense(*sizes: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.Softplus()]
    return nn.Sequential(*layers[:-1])
