"""A latent variable model that is asked by its latents: encode, decode, and nothing causal."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from torch import Tensor
from torch.distributions import Independent

from causal_explorer.models.base import LatentModel


class Autoencoder(LatentModel):
    """p(x | z), with z ~ N(0, I), and q(z | x); labels play no part in it.

    Attributes:
        latents: dimensions of z.
    """

    tells: ClassVar = frozenset({"reconstruct", "traverse"})
    refusals: ClassVar = {
        "condition": "none of its latents is a variable that could be seen to have a value",
        "intervention": "none of its latents is a variable that do() could set",
        "counterfactual": "none of its latents is a variable that do() could set",
        "effect": "no variable of it is a treatment with an outcome beside it",
    }
    latents: int

    @abstractmethod
    def encode(self, x: Tensor) -> Independent:
        """q(z | x) of (N, …) pictures, a normal law of (N, latents)."""

    @abstractmethod
    def decode(self, z: Tensor) -> Tensor:
        """E[x | z] of (N, latents): (N, …) pictures in [0, 1]."""
