"""The class project's recipe that this began with, in our own words.

Its dense SCM-VAE is the model scm-vae-mlp, 1,000 units wide. A query is mean-field SVI over
all the noise (1,500 steps of SGD at a rate of 1e-5), then 1,000 passes one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, Trace_ELBO
from pyro.optim.optim import PyroOptim
from torch import Tensor
from tqdm import trange

from causal_explorer.data import dsprites
from causal_explorer.metrics.queries import Query

NATS = 16.8  # its training loss of the image after its epochs
EPOCHS, IMAGES = 10, 736_280  # that it took
_SVI_STEPS, _PASSES = 1_500, 1_000


def svi_counterfactual(model: Any, query: Query) -> np.ndarray:
    """(64, 64) the mean of 1,000 passes after mean-field SVI, as the original computed it."""
    pyro.clear_param_store()
    v = torch.tensor(list(query.factors.values()))
    x = torch.from_numpy(dsprites.render(v[None].numpy()))[0].float()
    optimiser = PyroOptim(torch.optim.SGD, {"lr": 1e-5, "momentum": 0.1})
    with pyro.validation_enabled(False):  # a normal guide against a uniform prior
        svi = SVI(_model, _guide, optimiser, Trace_ELBO())
        for _ in trange(_SVI_STEPS, desc="SVI", leave=False):
            svi.step(model, v, x)
        total = torch.zeros(64, 64)
        with torch.no_grad():
            for _ in range(_PASSES):
                noise = _guide(model, v, x)
                total += _paint(model, noise, query.do).view(64, 64)
    return (total / _PASSES).numpy()


def _model(model: Any, v: Tensor, x: Tensor) -> None:
    """Uniform noise for each class of each label, normal z; labels are softmax expectations."""
    noise = {"z": pyro.sample("z", dist.Normal(torch.zeros(model.latent), 1.0).to_event(1))}
    for i, classes in enumerate(model.classes):
        uniform = dist.Uniform(torch.zeros(classes), 1.0).to_event(1)
        noise[f"u_{i}"] = pyro.sample(f"u_{i}", uniform)
        soft = _soft_label(noise[f"u_{i}"])
        expected = (soft * torch.arange(classes)).sum()
        pyro.sample(f"label_{i}", dist.Normal(expected, 1.0), obs=v[i].float())
    image = dist.Bernoulli(logits=_logits(model, noise, {})).to_event(1)
    pyro.sample("image", image, obs=x.flatten())


def _guide(model: Any, v: Tensor, x: Tensor) -> dict[str, Tensor]:
    """Independent normals for every noise."""
    noise = {}
    sizes = {"z": model.latent} | {f"u_{i}": k for i, k in enumerate(model.classes)}
    for name, size in sizes.items():
        mean = pyro.param(f"{name}_mean", torch.full((size,), 0.0 if name == "z" else 0.5))
        sd = pyro.param(f"{name}_sd", torch.full((size,), 0.1), dist.constraints.positive)
        noise[name] = pyro.sample(name, dist.Normal(mean, sd).to_event(1))
    return noise


def _soft_label(uniform: Tensor) -> Tensor:
    clipped = uniform.clamp(1e-6, 1 - 1e-6)
    return (-(-clipped.log()).log()).softmax(-1)


def _logits(model: Any, noise: dict[str, Tensor], do: dict[int, int]) -> Tensor:
    labels = [
        torch.nn.functional.one_hot(torch.tensor(do[i]), k).float()
        if i in do
        else _soft_label(noise[f"u_{i}"])
        for i, k in enumerate(model.classes)
    ]
    return model.decoder(torch.cat([*labels, noise["z"]]))


def _paint(model: Any, noise: dict[str, Tensor], do: dict[str, int]) -> Tensor:
    names = [factor.name for factor in dsprites.FACTORS]
    return _logits(model, noise, {names.index(name): k for name, k in do.items()}).sigmoid()
