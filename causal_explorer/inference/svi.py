"""Abduction as the class project did it that this began with: mean-field SVI, for comparison.

Every noise gets a normal of its own, fitted by stochastic gradients for each query; the labels
are softmax expectations of relaxed noise, and no factor causes another. What it costs is shown
beside the exact answer. It needs a decoder that reads relaxed labels: the dense exhibit's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, Trace_ELBO
from pyro.optim.optim import PyroOptim
from torch import Tensor

from causal_explorer.data.raster import SIZE
from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.uncertainty import Uncertainty
from causal_explorer.models.alone import alone
from causal_explorer.models.scm_vae_mlp import SCMVAEMLP
from causal_explorer.scm.actions import Do, Set
from causal_explorer.wording import brief

_MOMENTUM = 0.1
Noise = dict[str, Tensor]
Watch = Callable[[int, float], None]  # of a step and its loss


@dataclass(frozen=True)
class SVISettings:
    """How long and how fast.

    Attributes:
        steps: of SGD with momentum 0.1; the noise is read off the mean of all iterates.
        learning_rate: of SGD.

    Raises:
        ValueError: out of range.
    """

    steps: int = 1_500
    learning_rate: float = 1e-5

    def __post_init__(self) -> None:
        whole = isinstance(self.steps, int) and not isinstance(self.steps, bool)
        if not whole or not 1 <= self.steps <= 100_000:
            raise ValueError(f"steps is {brief(self.steps)}: it takes 1 to 100,000.")
        rate = self.learning_rate
        if not isinstance(rate, Real) or isinstance(rate, bool) or not 0 < rate <= 1:
            raise ValueError(f"learning_rate is {brief(rate)}: it takes a number up to 1.")


@dataclass(frozen=True)
class SVIAnswer(CounterfactualAnswer):
    """The answer after SVI; its truth and posterior are the exact answer's.

    Attributes:
        losses: (steps,) -ELBO of one draw at each step, nats; infinite where a draw of a normal
            left the support of the uniform that it stands for.
        seconds: that it took.
    """

    losses: np.ndarray = field(repr=False)
    seconds: float


def svi_answer(
    model: SCMVAEMLP,
    exact: CounterfactualAnswer,
    settings: SVISettings,
    seed: int,
    watch: Watch | None = None,
) -> SVIAnswer:
    """Asks the question of an exact answer again, with the noise abducted by SVI.

    Args:
        model: whose decoder reads relaxed labels.
        exact: the exact answer, for as many samples.
        settings: of the optimisation.
        seed: of all draws.
        watch: called after each step.

    Raises:
        ValueError: it diverges.
    """
    clock = time.perf_counter()
    samples = len(exact.factual)
    v, x = torch.from_numpy(exact.factual[0]), torch.from_numpy(exact.original).float()
    with alone(seed):
        fitted = fit(model, v, x, settings, watch)
        noise = fitted.draw(samples)
    do = {i: exact.do[v.name] for i, v in enumerate(exact.variables) if v.name in exact.do}
    with torch.no_grad():
        p = paint(model, noise, do).view(samples, SIZE, SIZE).double()
    factual = expected(model, noise, {}).round().long().numpy()
    changed = expected(model, noise, do).round().long().numpy()
    mean = p.mean(0).numpy()
    spread = p.var(0, correction=0).numpy()
    answer = {name: getattr(exact, name) for name in CounterfactualAnswer.__dataclass_fields__}
    return SVIAnswer(
        **answer
        | {
            "density": mean,
            "uncertainty": Uncertainty(
                factors=spread, latent=np.zeros_like(mean), pixels=(p * (1 - p)).mean(0).numpy()
            ),
            "factual": factual,
            "counterfactual": changed,
        },
        losses=np.array(fitted.losses),
        seconds=time.perf_counter() - clock,
    )


@dataclass(frozen=True)
class Fitted:
    """What SVI leaves of one image and its factors.

    Attributes:
        normals: of each noise, by name.
        losses: (steps,) as `SVIAnswer` keeps them.
    """

    normals: Mapping[str, dist.Normal]
    losses: list[float] = field(repr=False)

    def draw(self, count: int) -> Noise:
        """(count, …) draws of every noise, from torch's own generator."""
        return {name: normal.sample((count,)) for name, normal in self.normals.items()}


def fit(
    model: SCMVAEMLP, v: Tensor, x: Tensor, settings: SVISettings, watch: Watch | None = None
) -> Fitted:
    """Fits a normal for every noise to one image and its factors.

    Whoever calls: Pyro's store is this call's own, and nothing is validated, since a draw of a
    normal may leave the support of the uniform that it stands for.

    Args:
        model: the image mechanism.
        v: (V,) int64 factual classes.
        x: (64, 64) the image.
        settings: of the optimisation.
        watch: called after each step.

    Raises:
        ValueError: it diverges.
    """
    optimiser = PyroOptim(torch.optim.SGD, {"lr": settings.learning_rate, "momentum": _MOMENTUM})
    losses, mean = [], {}
    with alone():
        svi, store = SVI(program, guide, optimiser, Trace_ELBO()), pyro.get_param_store()
        for step in range(settings.steps):
            losses.append(torch.as_tensor(svi.step(model, v, x)).item())
            for name, value in store.items():
                now = value.detach()
                if not now.isfinite().all():
                    raise ValueError(_diverged(step + 1, settings.learning_rate))
                mean[name] = mean.get(name, now) + (now - mean.get(name, now)) / (step + 1)
            if watch:
                watch(step + 1, losses[-1])
        for name, value in mean.items():
            store[name] = value
        normals = {name: _normal(name, size) for name, size in _sizes(model).items()}
    fixed = {k: dist.Normal(own.mean.detach(), own.stddev.detach()) for k, own in normals.items()}
    return Fitted(fixed, losses)


def program(model: SCMVAEMLP, v: Tensor, x: Tensor) -> None:
    """Uniform noise for each class of each factor, normal z; labels are expectations."""
    noise = {"z": pyro.sample("z", dist.Normal(torch.zeros(model.latent), 1.0).to_event(1))}
    for i, classes in enumerate(model.classes):
        uniform = dist.Uniform(torch.zeros(classes), 1.0).to_event(1)
        noise[f"u_{i}"] = pyro.sample(f"u_{i}", uniform)
    means = expected(model, noise, {})
    for i in range(len(model.classes)):
        pyro.sample(f"label_{i}", dist.Normal(means[..., i], 1.0), obs=v[i].float())
    image = dist.Bernoulli(logits=_logits(model, noise, {})).to_event(1)
    pyro.sample("image", image, obs=x.flatten())


def guide(model: SCMVAEMLP, v: Tensor, x: Tensor) -> None:
    """Independent normals for every noise, whose parameters are in Pyro's store."""
    for name, size in _sizes(model).items():
        pyro.sample(name, _normal(name, size).to_event(1))


def expected(model: SCMVAEMLP, noise: Noise, do: Mapping[int, object]) -> Tensor:
    """(…, V) the labels: expectations of relaxed classes, or what do() sets."""
    parts = _labels(model, noise, do)
    return torch.stack([(part * torch.arange(part.shape[-1])).sum(-1) for part in parts], dim=-1)


def paint(model: SCMVAEMLP, noise: Noise, do: Mapping[int, object]) -> Tensor:
    """(…, 4096) probabilities of the pixels."""
    return _logits(model, noise, do).sigmoid()


def check_settings(settings: object, watch: object) -> SVISettings:
    """The settings of an optimisation; the usual ones where there are none.

    Raises:
        ValueError: other settings, or a watch that cannot be called.
    """
    if settings is not None and not isinstance(settings, SVISettings):
        raise ValueError(f"svi is {brief(settings)}: it takes SVISettings.")
    if watch is not None and not callable(watch):
        raise ValueError(f"watch is {brief(watch)}: it takes a function of a step and its loss.")
    return settings or SVISettings()


def require_relaxed(model: object, do: Do) -> SCMVAEMLP:
    """The model, if SVI can run on it.

    Raises:
        ValueError: its decoder takes whole classes only, or an action is no setting.
    """
    if not isinstance(model, SCMVAEMLP):
        raise ValueError(
            "abduction='svi' relaxes the labels, which only the dense decoder of scm-vae-mlp reads."
        )
    if not all(isinstance(action, Set) for action in do.values()):
        raise ValueError("abduction='svi' only sets factors: it has no soft interventions.")
    return model


def _sizes(model: SCMVAEMLP) -> dict[str, int]:
    """Of each noise, by name."""
    return {"z": model.latent} | {f"u_{i}": k for i, k in enumerate(model.classes)}


def _normal(name: str, size: int) -> dist.Normal:
    """Of one noise, as Pyro's store holds it."""
    mean = pyro.param(f"{name}_mean", torch.full((size,), 0.0 if name == "z" else 0.5))
    sd = pyro.param(f"{name}_sd", torch.full((size,), 0.1), dist.constraints.positive)
    return dist.Normal(mean, sd)


def _diverged(step: int, rate: float) -> str:
    return f"SVI diverges at step {step}: {rate:g} is too high a learning_rate for this image."


def _logits(model: SCMVAEMLP, noise: Noise, do: Mapping[int, object]) -> Tensor:
    return model.decoder(torch.cat([*_labels(model, noise, do), noise["z"]], dim=-1))


def _labels(model: SCMVAEMLP, noise: Noise, do: Mapping[int, object]) -> list[Tensor]:
    """(…, K) relaxed classes of each factor; one-hot where do() sets it."""
    labels = []
    for i, classes in enumerate(model.classes):
        action, relaxed = do.get(i), _relaxed(noise[f"u_{i}"])
        if isinstance(action, Set):
            one = torch.nn.functional.one_hot(torch.tensor(action.value), classes)
            relaxed = one.to(relaxed).expand_as(relaxed)
        labels.append(relaxed)
    return labels


def _relaxed(uniform: Tensor) -> Tensor:
    """Softmax of Gumbels (Jang, Gu and Poole 2017, equation 2, at temperature 1)."""
    clipped = uniform.clamp(1e-6, 1 - 1e-6)
    return (-(-clipped.log()).log()).softmax(-1)
