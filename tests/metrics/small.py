"""Image mechanisms whose faults are known: a perfect one, a useless one, one that cheats."""

import numpy as np
import pyro.distributions as dist
import torch
from torch import nn

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.world import World
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.window import WindowedBernoulli
from causal_explorer.scm.coupling import coupling_named
from causal_explorer.scm.stories import story_named

GUMBEL = coupling_named("gumbel")
SIZES = torch.tensor(dsprites.DIMENSIONS)


def rendered(v):
    return torch.from_numpy(dsprites.render(v.numpy())).float()


def sprites(count, seed=0):
    """(N, 64, 64) pictures and (N, 5) classes."""
    rows = np.random.default_rng(seed).choice(dsprites.COUNT, count, replace=False)
    v = torch.from_numpy(dsprites.classes_of(rows))
    return rendered(v), v


def world_of(model, story="default"):
    return World(story_named(story, dsprites.FACTORS), model, dataset_named("dsprites"))


class Perfect(ImageMechanism):
    """Paints the truth, and tells z nothing."""

    def __init__(self, latent=2):
        super().__init__(latent)
        self.anchor = nn.Parameter(torch.zeros(()))

    def encode(self, x, v):
        zero = torch.zeros(len(x), self.latent)
        return dist.Normal(zero, torch.ones_like(zero)).to_event(1)

    def paint(self, v, z):
        return rendered(v)

    def decode(self, v, z):
        logits = 32 * self.paint(v, z) - 16
        return WindowedBernoulli(logits, torch.zeros(len(v), 2, dtype=torch.int64))


class Blank(Perfect):
    """Useless: dark, whatever it is asked."""

    def paint(self, v, z):
        return torch.zeros(len(v), 64, 64)


class Keeper(Perfect):
    """A cheat: z remembers the factual factors, and the picture shows those, not do()'s."""

    def __init__(self):
        super().__init__(latent=5)

    def encode(self, x, v):
        mean = v / (SIZES - 1)
        return dist.Normal(mean, torch.full_like(mean, 1e-3)).to_event(1)

    def paint(self, v, z):
        return rendered((z * (SIZES - 1)).round().long().clamp(min=0).minimum(SIZES - 1))
