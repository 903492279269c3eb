"""What every network here is to the trainer, to checkpoints and to who asks it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn

from causal_explorer.data.pictures import Pictures


class Model(nn.Module, ABC):
    """A network with a loss.

    Attributes:
        tells: what may be asked of it, keys of `REQUESTS`.
        refusals: why it is not to be asked the others, by key.
    """

    tells: ClassVar[frozenset[str]] = frozenset()
    refusals: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """What training minimises, nats a unit, of (N, V) labels and (N, …) pictures."""

    def training_view(self, x: Tensor) -> Tensor:
        """What training shows it in the place of (N, …) pictures; held-out ones are as they are."""
        return x

    def prepare(self, pictures: Pictures, split_seed: int) -> None:
        """Looks at the training split once, before the first step: for whitening and the like."""

    def begin(self, progress: float) -> None:
        """Told before each step which share of the run is done: for warm-up and multipliers."""


class LatentModel(Model):
    """p(x | z) and q(z | x), with terms that are followed apart.

    Every term is in nats a unit; `loss` may weigh them, -ELBO is their sum.
    """

    @abstractmethod
    def terms(self, v: Tensor, x: Tensor) -> dict[str, Tensor]:
        """(N,) "image_nats" = -E_q log p(x | z), (N,) "kl_nats", and what else is followed."""


REQUESTS = {  # what may be asked, from what a network is
    "reconstruct": "encode an image, and decode it again",
    "traverse": "move along a latent",
    "condition": "see a part of a population",
    "intervention": "set a variable in a population",
    "counterfactual": "set a variable for one image",
    "effect": "tell what a treatment changes",
}
