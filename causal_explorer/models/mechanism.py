"""An image mechanism p(x | v, z) with its encoder, and the whole SCM around it, in Pyro.

    v_i := f_i(pa_i, u_i)                 a factor
    z   ~  N(0, I)                        exogenous noise of the image
    x_p := 1[u_p < p(x_p = 1 | v, z)]     a pixel, u_p ~ U(0, 1)

All noises are independent, so nothing hidden causes both a factor and the picture, and what u_p
does when p changes is a coupling like that of the factors: chosen, not learned. Other functions of
v and noise have the same p(x | v) and other counterfactuals.

Source: deep structural causal models, Pawlowski, Castro and Glocker 2020 (arXiv:2006.06485).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import TraceMeanField_ELBO
from torch import Tensor

from causal_explorer.data.raster import SIZE
from causal_explorer.models.base import Model
from causal_explorer.models.window import WindowedBernoulli
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.program import factors
from causal_explorer.scm.scm import SCM


class ImageMechanism(Model):
    """p(x, z | v) and q(z | x, v); p(v) is a story's, given to each call that needs it.

    Attributes:
        latent: dimensions of z.
    """

    tells: ClassVar = frozenset(
        {"reconstruct", "traverse", "condition", "intervention", "counterfactual"}
    )
    refusals: ClassVar = {"effect": "no variable of it is a treatment with an outcome beside it"}

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.latent = latent

    @abstractmethod
    def decode(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, V) int64 classes and (N, L) latents."""

    @abstractmethod
    def encode(self, x: Tensor, v: Tensor) -> dist.Independent:
        """q(z | x, v) of (N, 64, 64) pictures in [0, 1] and their (N, V) classes."""

    @property
    def reads_latent(self) -> bool:
        """Whether p(x | v, z) depends on z at all."""
        return True

    def prior(self) -> dist.Independent:
        """p(z) of one image."""
        zero = torch.zeros(self.latent, device=next(self.parameters()).device)
        return dist.Normal(zero, torch.ones_like(zero)).to_event(1)

    def model(self, v: Tensor, x: Tensor | None = None) -> Tensor:
        """Pyro program p(z) p(x | v, z): sites "z" and "image", pixel noise summed out."""
        pyro.module("image_mechanism", self)
        with pyro.plate("images", len(v)):
            z = pyro.sample("z", self.prior())
            return pyro.sample("image", self.decode(v, z), obs=x)

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """-ELBO in nats an image of (N, V) classes and (N, 64, 64) pictures of 0 and 1."""
        with pyro.validation_enabled(False):  # who trains checks that it is finite
            return TraceMeanField_ELBO().differentiable_loss(self.model, self.guide, v, x) / len(x)

    def guide(self, v: Tensor, x: Tensor) -> None:
        """Pyro program q(z | x, v): site "z"."""
        pyro.module("image_mechanism", self)
        with pyro.plate("images", len(v)):
            pyro.sample("z", self.encode(x, v))

    def program(self, story: SCM, coupling: Coupling, count: int = 1) -> Tensor:
        """The whole SCM as a Pyro program of `count` units, every noise a named site.

        Sites: "u_<factor>" and "<factor>" for each factor, "z", "u_image" and "image".
        `pyro.condition` on noise or evidence and `pyro.do` on factors act on it directly.

        Returns:
            (count, 64, 64) pictures of 0 and 1.
        """
        v = story.stack(factors(story, coupling, count))
        with pyro.plate("images", count):
            z = pyro.sample("z", self.prior())
            zero = torch.zeros(SIZE, SIZE, device=z.device)
            u = pyro.sample("u_image", dist.Uniform(zero, torch.ones_like(zero)).to_event(2))
            x = (u < self.decode(v.to(z.device), z).mean).to(z.dtype)
            return pyro.sample("image", dist.Delta(x, event_dim=2))
