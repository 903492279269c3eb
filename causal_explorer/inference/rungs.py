"""Rungs 1 and 2 of Pearl's ladder: seeing and doing, both about a population."""

from __future__ import annotations

import torch
from torch import Tensor

from causal_explorer.inference.answer import PopulationAnswer
from causal_explorer.inference.mixture import Draws, Mixture, average_prior, average_truth
from causal_explorer.inference.world import World
from causal_explorer.scm.scm import SCM


@torch.no_grad()
def population(
    world: World,
    given: dict[str, int],
    do: dict[str, int],
    samples: int,
    generator: torch.Generator,
) -> PopulationAnswer:
    """p(x | given, do): the factors are drawn from p(v | given, do), z from its prior.

    Rung 1 sees and does not do; rung 2 does and does not see.
    """
    classes = _draw_joint(world.story, given, do, samples, generator)
    draws, z = Draws.of(classes[None]), world.draw_latent(samples, generator)
    return PopulationAnswer(
        density=average_prior(world.model, Mixture.of(draws, len(z)), z),
        truth=average_truth(world.dataset, draws)[0],
        variables=world.story.variables,
        factors=classes.numpy(),
    )


def _draw_joint(
    story: SCM,
    given: dict[str, int],
    do: dict[str, int],
    samples: int,
    generator: torch.Generator,
) -> Tensor:
    """(samples, V) exact draws of p(v | given, do), by enumeration of the joint."""
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
