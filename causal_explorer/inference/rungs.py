"""Rungs 1 and 2 of Pearl's ladder: seeing and doing, both about a population."""

from __future__ import annotations

import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.inference.answer import PopulationAnswer
from causal_explorer.inference.counterfactual import LATENTS
from causal_explorer.inference.mixture import Mixture, average_prior, average_truth
from causal_explorer.models.scm_vae import SCMVAE
from causal_explorer.scm.scm import SCM


def condition(
    model: SCMVAE,
    story: SCM,
    dataset: Dataset,
    given: dict[str, int],
    samples: int,
    generator: torch.Generator,
) -> PopulationAnswer:
    """p(x | given): the factors are drawn from p(v | given), by enumeration of p(v)."""
    classes = _draw_joint(story, given, {}, samples, generator)
    return _picture(model, dataset, classes, generator)


def intervention(
    model: SCMVAE,
    story: SCM,
    dataset: Dataset,
    do: dict[str, int],
    samples: int,
    generator: torch.Generator,
) -> PopulationAnswer:
    """p(x | do): the factors are drawn from p(v | do), by enumeration of p(v | do)."""
    classes = _draw_joint(story, {}, do, samples, generator)
    return _picture(model, dataset, classes, generator)


def _draw_joint(
    story: SCM,
    given: dict[str, int],
    do: dict[str, int],
    samples: int,
    generator: torch.Generator,
) -> Tensor:
    """(samples, V) exact draws of p(v | given, do)."""
    joint = story.log_joint(do)
    seen = tuple(given.get(variable.name, slice(None)) for variable in story.variables)
    free = [i for i, variable in enumerate(story.variables) if variable.name not in given]
    table = joint[seen]
    cdf = table.flatten().softmax(0).cumsum(0)
    lot = torch.rand(samples, dtype=torch.float64, generator=generator) * cdf[-1]
    flat = torch.searchsorted(cdf, lot, right=True).clamp(max=len(cdf) - 1)
    values = {
        variable.name: torch.tensor(given.get(variable.name, 0)) for variable in story.variables
    }
    for axis, column in zip(free, torch.unravel_index(flat, table.shape), strict=True):
        values[story.variables[axis].name] = column
    return story.stack({name: value.expand(samples) for name, value in values.items()})


@torch.no_grad()
def _picture(
    model: SCMVAE, dataset: Dataset, classes: Tensor, generator: torch.Generator
) -> PopulationAnswer:
    prior = model.prior()
    z = torch.randn(LATENTS, *prior.event_shape, generator=generator).to(prior.mean.device)
    return PopulationAnswer(
        density=average_prior(model, Mixture.of(classes, LATENTS), z),
        truth=average_truth(dataset, classes),
        variables=dataset.variables,
        factors=classes.numpy(),
    )
