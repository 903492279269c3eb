"""CEVAE: the effect of a treatment whose cause is hidden, seen through a noisy proxy.

    z ~ N(0, I),  x ~ p(x | z),  t ~ p(t | z),  y ~ p(y | t, z)     the hidden cause comes first
    t ~ q(t | x),  y ~ q(y | t, x),  z ~ q(z | y, t, x)             the guide

    -loss = ELBO + log q(t | x) + log q(y | t, x)

Networks and objective are Pyro's own, `pyro.contrib.cevae`; here they meet our data sets, our
trainer and our checkpoints. That it finds the effect is not guaranteed: with a latent of another
kind or size than the hidden cause it may fit as well and be wrong however many data there are
(Rissanen and Marttinen 2021, arXiv:2102.06648). Nats are of whitened proxies and outcomes, so they
compare models of the same data set.

Source: Louizos, Shalit, Mooij, Sontag, Zemel and Welling 2017 (arXiv:1705.08821).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pyro.distributions as dist
import torch
from pyro import poutine
from pyro.contrib import cevae
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.pictures import Pictures, as_floats
from causal_explorer.models.alone import alone
from causal_explorer.models.base import LatentModel
from causal_explorer.models.settings import check_sizes
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief

OUTCOMES = ("bernoulli", "exponential", "laplace", "normal", "studentt")
_AT_ONCE = 65_536  # rows that go through the networks together: bounds the memory


@dataclass(frozen=True)
class CEVAEConfig:
    """Sizes of the networks, and the family of the outcome.

    Attributes:
        latent: dimensions of z.
        hidden: units of each hidden layer.
        layers: hidden layers of each network, 2 or more.
        outcome: of p(y | t, z): one of `OUTCOMES`.

    Raises:
        ValueError: a size is no whole number from 1, or there is no such family.
    """

    latent: int = 20
    hidden: int = 200
    layers: int = 3
    outcome: str = "bernoulli"

    def __post_init__(self) -> None:
        check_sizes(self, ("latent", "hidden", "layers"))
        if self.layers < 2:
            raise ValueError(f"layers is {self.layers}: the guide's networks take 2 or more.")
        if self.outcome not in OUTCOMES:
            raise ValueError(
                f"outcome is {brief(self.outcome)}: it takes one of {', '.join(OUTCOMES)}."
            )


class CEVAE(LatentModel):
    """Pyro's CEVAE on a data set whose first variable is a treatment and whose second an outcome.

    Attributes:
        pyro: `pyro.contrib.cevae.CEVAE`, with its whitening of x.
        outcome_loc: what is taken from an outcome before the networks see it.
        outcome_scale: what it is then divided by.
    """

    outcome_loc: Tensor
    outcome_scale: Tensor

    tells: ClassVar = frozenset({"intervention", "effect"})
    refusals: ClassVar = {
        "condition": "to see a treatment is the naive comparison of means, which stands beside "
        "its effects and takes no model",
        "reconstruct": "it models what stood before the treatment and one number that came of it, "
        "not a picture of the unit",
        "traverse": "its latent stands for the hidden causes together, and no direction is named",
        "counterfactual": "it infers the hidden cause of a unit but not the outcome's own noise, "
        "so it tells the mean of all units that look like this one",
    }

    def __init__(self, dataset: Dataset, config: CEVAEConfig) -> None:
        """Builds the networks.

        Raises:
            ValueError: the data set has no treatment, or the family does not fit its outcome.
        """
        super().__init__()
        if dataset.covariates is None:
            raise ValueError(
                f"cevae learns the effect of a treatment: the data set {dataset.name} has none."
            )
        self._require_family(dataset, config.outcome)
        self.covariates, self.outcome = dataset.covariates, config.outcome
        blank = torch.zeros(2, *dataset.shape, dtype=torch.uint8)
        features = self.covariates(as_floats(blank)).shape[1]
        self.pyro = cevae.CEVAE(
            features, config.outcome, config.latent, config.hidden, config.layers
        )
        self.pyro.whiten = cevae.PreWhitener(torch.zeros(2, features))
        self.register_buffer("outcome_loc", torch.zeros(()))
        self.register_buffer("outcome_scale", torch.ones(()))

    @staticmethod
    def _require_family(dataset: Dataset, family: str) -> None:
        outcome = dataset.variables[1]
        binary = isinstance(outcome, Variable) and outcome.classes == 2
        positive = not isinstance(outcome, Variable) and outcome.low >= 0
        if binary != (family == "bernoulli") or (family == "exponential" and not positive):
            raise ValueError(
                f"The outcome {outcome.name} of {dataset.name} is "
                f"{'0 or 1: it takes bernoulli' if binary else 'a quantity: it takes normal'}"
                f", outcome is {brief(family)}."
            )

    @torch.no_grad()
    def prepare(self, pictures: Pictures, split_seed: int) -> None:
        """Fits the whitening of proxies and outcomes to the training split."""
        rows = pictures.rows("train", split_seed)
        lots = list(pictures.batches(rows, 4_096))
        x = torch.cat([self.covariates(as_floats(x)).float() for _, x in lots])
        y = torch.cat([v[:, 1] for v, _ in lots]).float()
        self.pyro.whiten = cevae.PreWhitener(x)
        if self.outcome == "exponential":
            self.outcome_scale.copy_(y.mean())  # a scale alone: it stays positive
        elif self.outcome != "bernoulli":
            self.outcome_loc.copy_(y.mean())
            self.outcome_scale.copy_(y.std())

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """Pyro's `TraceCausalEffect_ELBO` of (N, 2) t and y and (N, …) pictures, nats a unit."""
        unit = self._unit(v, x)
        with alone():
            elbo = cevae.TraceCausalEffect_ELBO()
            total = elbo.differentiable_loss(self.pyro.model, self.pyro.guide, *unit, size=len(x))
        return total / len(x)

    def terms(self, v: Tensor, x: Tensor) -> dict[str, Tensor]:
        """(N,) nats of each factor of the model and of the guide; the loss is their sum."""
        unit = self._unit(v, x)
        with alone():
            guide = poutine.trace(self.pyro.guide).get_trace(*unit, size=len(x))
            replayed = poutine.replay(self.pyro.model, guide)
            model = poutine.trace(replayed).get_trace(*unit, size=len(x))
        p, q = _log_probs(model), _log_probs(guide)
        return {
            "image_nats": -p["x"],
            "treatment_nats": -p["t"],
            "outcome_nats": -p["y"],
            "kl_nats": q["z"] - p["z"],
            "guide_treatment_nats": -q["t"],
            "guide_outcome_nats": -q["y"],
        }

    @torch.no_grad()
    def outcomes(self, x: Tensor, samples: int) -> Tensor:
        """E[y | x, do(t = 0)] and E[y | x, do(t = 1)] of (N, …) pictures: (N, 2), in y's unit.

        The guide explains x: t ~ q(t | x), y ~ q(y | t, x), z ~ q(z | y, t, x); the mean of
        p(y | t, z) at either t is then averaged over `samples` draws. Their difference is what
        Pyro's `CEVAE.ite` gives.
        """
        features = self.features(x)
        several = max(1, _AT_ONCE // samples)
        parts = []
        for part in features.split(several):
            z = self.explain(part.repeat(samples, 1))
            means = torch.stack([self.outcome_law(z, t).mean for t in (0, 1)], dim=1)
            parts.append(means.view(samples, len(part), 2).mean(0))
        return torch.cat(parts) * self.outcome_scale + self.outcome_loc

    def explain(self, features: Tensor) -> Tensor:
        """z ~ q(z | x): (N, L) draws for (N, D) whitened proxies, by Pyro's own guide."""
        with alone():
            nodes: Any = poutine.trace(self.pyro.guide).get_trace(features).nodes
        return nodes["z"]["value"]

    def outcome_law(self, z: Tensor, t: int | Tensor) -> dist.TorchDistribution:
        """p(y | t, z) of (N, L) latents, with y whitened."""
        given = torch.as_tensor(t, dtype=z.dtype, device=z.device).expand(len(z))
        return self.pyro.model.y_dist(given, z)

    def features(self, x: Tensor) -> Tensor:
        """(N, D) whitened proxies of (N, …) pictures."""
        return self.pyro.whiten(self.covariates(as_floats(x)).float())

    def _unit(self, v: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x, t and y as the networks take them."""
        t, y = v.float().unbind(1)
        return self.features(x), t, (y - self.outcome_loc) / self.outcome_scale


def _log_probs(trace: poutine.Trace) -> dict[str, Tensor]:
    """(N,) log density of each site."""
    trace.compute_log_prob()
    nodes: Any = trace.nodes
    return {
        site: nodes[site]["log_prob"] for site in trace.stochastic_nodes + trace.observation_nodes
    }
