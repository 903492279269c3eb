"""β-Intact-VAE: a treatment t, covariates x, and a picture y as the outcome.

    p(z | x) = N(h(x), k(x)²)      knows the covariates but not the treatment: it is balanced
    p(y | z, t) = N(μ(z, t), σ²)   in every pixel and colour, σ learned
    q(z | x, y, t)                 encodes with the factual t; the counterfactual is decoded
    loss = -E_q log p(y | z, t) + β KL(q(z | x, y, t) ‖ p(z | x))

As the prior tells z what x says at no cost, z may hold it, and nothing is gained by reading it off
t, however much the two go together: that is what keeps a covariate where it is under do(t).
The paper's result takes for granted that nothing hidden causes both t and y given x, that z is a
balanced prognostic score with overlap, and that y is an injective function of it plus independent
noise; it is about effects given x, not about the picture of one unit.

Two baselines are variants of the same networks: "cvae" gives x to the decoder and has the prior
N(0, I); "no-x" knows no covariates at all.

Sources: Wu and Fukumizu 2022 (arXiv:2110.05225), equations 6 to 8; σ as one learned number,
Rybkin, Daniilidis and Levine 2021 (arXiv:2006.13202).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.distributions import Independent, Normal, kl_divergence
from torch.nn import functional

from causal_explorer.data.dataset import Dataset
from causal_explorer.models.base import LatentModel
from causal_explorer.models.patches import DensePainter, PatchReader
from causal_explorer.models.settings import check_sizes, check_weights
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief

VARIANTS = ("intact", "cvae", "no-x")


@dataclass(frozen=True)
class IntactVAEConfig:
    """Sizes, the weight of the KL, and which variant it is.

    Attributes:
        latent: dimensions of z.
        hidden: units of each dense layer.
        features: numbers that stand for a patch of 8 × 8 pixels.
        beta: weight of the KL.
        variant: one of `VARIANTS`.
    """

    latent: int = 16
    hidden: int = 256
    features: int = 32
    beta: float = 1.0
    variant: str = "intact"

    def __post_init__(self) -> None:
        check_sizes(self, ("latent", "hidden", "features"))
        check_weights(self, "beta")
        if self.variant not in VARIANTS:
            raise ValueError(
                f"variant is {brief(self.variant)}: it takes one of {', '.join(VARIANTS)}."
            )


class IntactVAE(LatentModel):
    """Prior, encoder and decoder of an outcome that is a picture.

    Attributes:
        latents: dimensions of z.
        variant: one of `VARIANTS`.
    """

    tells: ClassVar = frozenset({"reconstruct", "traverse", "intervention", "counterfactual"})
    refusals: ClassVar = {
        "condition": "it models a picture given its treatment and covariates, and no law of these",
        "effect": "its outcome is a picture, and the difference of two is no single number",
    }

    def __init__(self, dataset: Dataset, config: IntactVAEConfig) -> None:
        """Builds the networks for colour pictures whose first variable is a binary treatment.

        Raises:
            ValueError: another data set.
        """
        super().__init__()
        treatment = dataset.variables[0]
        binary = isinstance(treatment, Variable) and treatment.classes == 2
        if not binary or not dataset.before or len(dataset.shape) != 3:
            raise ValueError(
                f"intact-vae takes colour pictures with a binary treatment and covariates, not "
                f"those of {dataset.name}."
            )
        self.latents, self.variant, self.beta = config.latent, config.variant, float(config.beta)
        self._places = [(i, v.classes) for i, v in _covariates(dataset)]
        told = sum(classes for _, classes in self._places)
        hidden, latent = config.hidden, config.latent
        self.reader = PatchReader(dataset.shape, config.features)
        seen = self.reader.features + 1 + (0 if self.variant == "no-x" else told)
        self.encoder = _dense(seen, hidden, 2 * latent)
        self.prior = _dense(told, hidden // 2, 2 * latent) if self.variant == "intact" else None
        given = latent + 1 + (told if self.variant == "cvae" else 0)
        self.painter = DensePainter(given, dataset.shape, hidden, config.features)
        self.log_sd = nn.Parameter(torch.tensor(-1.5))  # of a pixel

    def covariates(self, v: Tensor) -> Tensor:
        """(N, D) x: of (N, V) classes those that the treatment does not change, one-hot."""
        each = [functional.one_hot(v[:, i].long(), classes) for i, classes in self._places]
        return torch.cat(each, dim=1).float()

    def encode(self, v: Tensor, y: Tensor) -> Independent:
        """q(z | x, y, t) of (N, V) classes, with their factual t, and (N, C, H, W) pictures."""
        told = [functional.silu(self.reader(y - 0.5)), v[:, :1].float()]
        if self.variant != "no-x":
            told.append(self.covariates(v))
        return _normal(self.encoder(torch.cat(told, dim=1)))

    def decode(self, z: Tensor, t: Tensor, v: Tensor) -> Tensor:
        """(N, C, H, W) means in [0, 1] under (N,) treatments, which may be any number."""
        told = [z, t[:, None]]
        if self.variant == "cvae":
            told.append(self.covariates(v))
        return self.painter(torch.cat(told, dim=1)).float().sigmoid()

    def balanced_prior(self, v: Tensor) -> Independent:
        """p(z | x); N(0, I) of the baselines."""
        if self.prior is None:
            zeros = torch.zeros(len(v), self.latents, device=v.device)
            return Independent(Normal(zeros, torch.ones_like(zeros)), 1)
        return _normal(self.prior(self.covariates(v)))

    def terms(self, v: Tensor, x: Tensor) -> dict[str, Tensor]:
        q = self.encode(v, x)
        apart = (x - self.decode(q.rsample(), v[:, 0].float(), v)).flatten(1).square().sum(1)
        each = self.log_sd + 0.5 * log(2 * pi)  # of a pixel and colour, besides its distance
        return {
            "image_nats": 0.5 * apart * (-2 * self.log_sd).exp() + x[0].numel() * each,
            "kl_nats": kl_divergence(q, self.balanced_prior(v)),
        }

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """-E log p(y | z, t) + β KL, nats a picture."""
        found = self.terms(v, x)
        return (found["image_nats"] + self.beta * found["kl_nats"]).mean()


def _covariates(dataset: Dataset) -> list[tuple[int, Variable]]:
    """Column and variable of each covariate."""
    return [
        (i, variable)
        for i, variable in enumerate(dataset.variables)
        if variable.name in dataset.before and isinstance(variable, Variable)
    ]


def _dense(given: int, hidden: int, out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(given, hidden),
        nn.SiLU(),
        nn.Linear(hidden, hidden),
        nn.SiLU(),
        nn.Linear(hidden, out),
    )


def _normal(told: Tensor) -> Independent:
    """N(mean, sd²) of both in one tensor."""
    mean, log_sd = told.float().chunk(2, dim=1)
    return Independent(Normal(mean, log_sd.clamp(-6, 2).exp()), 1)
