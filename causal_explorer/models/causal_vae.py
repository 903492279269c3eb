"""CausalVAE: concepts that labels name, a causal graph among them, and a decoder by parts.

    q(z | x)  Gaussian, one dimension a concept        p(z | u) = N(u, s²), u the labels, scaled
    p(x | z)  Bernoulli with logits b + Σ_k D_k(z_k)   one D for each part that a picture shows
    z_j = g_j(A_j ∘ z) + ε_j                           the mask layer, learned_graph.py

do() on an effect leaves the manifold on which causes and effects agree. A sum of parts can leave
it part by part, if no part paints what another shows: an L1 on the D_k makes each as quiet as its
pixels allow. Which concepts a part shows is given, as the labels are.

Source: Yang et al. 2021 (arXiv:2004.08697), equations 5 to 12; additive decoders, Lachapelle et al.
2023 (arXiv:2307.02598). As the prior of z_k is the label, how well z tells it is a regression's
score, and no concept is found that was not labelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Independent, Normal, kl_divergence
from torch.nn import functional

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.pictures import Pictures
from causal_explorer.models.base import LatentModel
from causal_explorer.models.convolutions import Painter, reader
from causal_explorer.models.learned_graph import LearnedGraph
from causal_explorer.models.settings import check_sizes, check_switches, check_weights
from causal_explorer.scm.variables import Quantity
from causal_explorer.wording import brief

_SPREAD = 0.05  # s: how far a concept may lie from its label, standard deviations of the label
_QUIET = 2e-4  # nats that a logit of 1 costs in a part, so that no part paints over the others


@dataclass(frozen=True)
class CausalVAEConfig:
    """Sizes and what is learned.

    Attributes:
        width: channels of the first convolution.
        hidden: units of each dense layer.
        parts: concepts, by number, that each part of the picture shows; all in one if empty.
        supervised: whether labels name the concepts; else p(z) = N(0, I) and there is no graph.
        graph_only: whether the graph alone is learned, which no picture enters.
        beta: weight of the KL.

    Raises:
        ValueError: a setting is of another kind, or out of range.
    """

    width: int = 16
    hidden: int = 96
    parts: tuple[tuple[int, ...], ...] = ()
    supervised: bool = True
    graph_only: bool = False
    beta: float = 1.0

    def __post_init__(self) -> None:
        check_sizes(self, ("width", "hidden"))
        check_switches(self, "supervised", "graph_only")
        check_weights(self, "beta")
        if not isinstance(self.parts, (list, tuple)) or not all(map(_is_part, self.parts)):
            raise ValueError(
                f"parts is {brief(self.parts)}: it takes a list of parts, each a list of concepts "
                "by number."
            )


def _is_part(part: object) -> bool:
    """Whether it lists whole numbers, one at least."""
    whole = isinstance(part, (list, tuple)) and part
    return bool(whole) and all(type(place) is int for place in part)  # type: ignore[union-attr]


class CausalVAE(LatentModel):
    """Encoder, decoder and, where labels name the concepts, their graph.

    Attributes:
        latents: how many concepts.
        graph: the learned graph with its mechanisms.
        supervised: whether there is one.
    """

    centre: Tensor
    scale: Tensor
    tells: ClassVar = frozenset({"reconstruct", "traverse", "intervention", "counterfactual"})
    refusals: ClassVar = {
        "condition": "it learned how concepts follow from one another, and no law of those that "
        "come first",
        "effect": "no variable of it is a treatment with an outcome beside it",
    }

    def __init__(self, dataset: Dataset, config: CausalVAEConfig) -> None:
        """Builds the networks for pictures in colour whose sides are multiples of 8.

        Raises:
            ValueError: a data set of classes or of pictures without colour, or parts that name
                no concept of it.
        """
        super().__init__()
        shape, variables = dataset.shape, dataset.variables
        if len(shape) != 3 or shape[0] % 8 or shape[1] % 8:
            raise ValueError(f"causal-vae takes colour pictures, not those of {dataset.name}.")
        if not all(isinstance(variable, Quantity) for variable in variables):
            raise ValueError(f"causal-vae takes quantities, not the classes of {dataset.name}.")
        self.latents, self.supervised, self.beta = len(variables), config.supervised, config.beta
        self.graph_only = config.graph_only
        self.parts = [list(part) for part in config.parts] or [list(range(self.latents))]
        if {place for part in self.parts for place in part} != set(range(self.latents)):
            raise ValueError(
                f"parts is {brief(config.parts)}: together they take each of the concepts "
                f"0 to {self.latents - 1}."
            )
        self.register_buffer("centre", torch.zeros(self.latents))
        self.register_buffer("scale", torch.ones(self.latents))
        self.encoder = reader(shape, config.width, config.hidden, 2 * self.latents)
        self.decoders = nn.ModuleList(
            Painter(len(part), shape, config.width, config.hidden) for part in self.parts
        )
        self.background = nn.Parameter(torch.full((shape[2], *shape[:2]), 3.0))
        self.graph = LearnedGraph(self.latents)
        self._step = 0

    def prepare(self, pictures: Pictures, split_seed: int) -> None:
        """Scales the labels by their mean and standard deviation over the training split."""
        v, _ = pictures(torch.from_numpy(pictures.rows("train", split_seed)))
        self.centre.copy_(v.mean(0))
        self.scale.copy_(v.std(0))
        self.graph.know(self.scaled(v.to(self.centre)))

    def begin(self, progress: float) -> None:
        self._step += 1
        self.graph.begin(progress, self._step)

    def scaled(self, v: Tensor) -> Tensor:
        """u: (N, V) labels in standard deviations from their mean."""
        return (v - self.centre) / self.scale

    def encode(self, x: Tensor) -> Independent:
        """q(z | x) of (N, C, H, W) pictures in [0, 1]: (N, V)."""
        mean, log_sd = self.encoder(x - 0.5).float().chunk(2, dim=1)
        return Independent(Normal(mean, log_sd.clamp(-6, 2).exp()), 1)

    def painted(self, z: Tensor) -> Tensor:
        """(P, N, C, H, W): what each part adds to the logits, of (N, V) concepts."""
        decoders = zip(self.parts, self.decoders, strict=True)
        return torch.stack([decoder(z[:, part]) for part, decoder in decoders]).float()

    def decode(self, z: Tensor) -> Tensor:
        """(N, C, H, W) means in [0, 1] of (N, V) concepts."""
        return (self.background + self.painted(z).sum(0)).sigmoid()

    def terms(self, v: Tensor, x: Tensor) -> dict[str, Tensor]:
        q = self.encode(x)
        u = self.scaled(v)
        prior_mean = u if self.supervised else torch.zeros_like(u)
        spread = _SPREAD if self.supervised else 1.0
        prior = Independent(Normal(prior_mean, torch.full_like(u, spread)), 1)
        painted = self.painted(q.rsample())
        cost = functional.binary_cross_entropy_with_logits(
            self.background + painted.sum(0), x, reduction="none"
        )
        least = torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x)  # of a perfect picture
        return {
            "image_nats": (cost + least).flatten(1).sum(1),
            "kl_nats": kl_divergence(q, prior),
            "paint_nats": _QUIET * painted.abs().sum(0).flatten(1).sum(1),
        }

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """-ELBO with β on its KL, the L1 on the parts and what the graph costs, nats a picture."""
        with torch.autocast(x.device.type, enabled=False):  # its noise is finer than bf16
            fit, edges = self.graph.loss(self.scaled(v))
        if self.graph_only:
            return fit + edges
        found = self.terms(v, x)
        elbo = found["image_nats"] + self.beta * found["kl_nats"]
        total = (elbo + found["paint_nats"]).mean()
        return total + (fit + edges if self.supervised else 0.0 * (fit + edges))
