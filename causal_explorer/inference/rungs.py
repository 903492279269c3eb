"""Questions without an image: seeing and doing, and imagining from some of the factors.

Rungs 1 and 2 of Pearl's ladder are about a population. Rung 3 is too, where the evidence is
only some of the factors: the pixels' noise then stays as it was before anything was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch

from causal_explorer.inference.answer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.draws import Draws, Mixture
from causal_explorer.inference.mixture import Averages, average_prior, average_truth
from causal_explorer.inference.posterior import Posterior
from causal_explorer.inference.truth import draw_hidden
from causal_explorer.inference.world import World
from causal_explorer.scm.actions import Do, cut_edges, moved_by
from causal_explorer.scm.coupling import COUPLINGS, Coupling
from causal_explorer.scm.law import population_law
from causal_explorer.scm.scm import SCM, Classes

_LISTED = 1_000  # explanations of partial evidence that an answer lists at most
_MASS = 0.999  # of the posterior, that it lists if that many suffice


@torch.no_grad()
def condition(
    world: World, given: Mapping[str, int], samples: int, generator: torch.Generator
) -> PopulationAnswer:
    """Rung 1, p(x | given): the part of the population that is seen to be so."""
    return _population(world, world.story.draw(given, samples, generator), samples, generator)


@torch.no_grad()
def intervention(
    world: World, do: Do, samples: int, generator: torch.Generator
) -> PopulationAnswer:
    """Rung 2, p(x | do): a population in which do() was so; any coupling gives the same."""
    coupling = COUPLINGS["monotone"]
    noise = world.story.draw_noise(samples, coupling, generator)
    classes = world.story.predict(noise, coupling, do)
    return _population(world, classes, samples, generator)


@torch.no_grad()
def imagine(
    world: World,
    given: Mapping[str, int],
    do: Do,
    coupling: Coupling,
    samples: int,
    generator: torch.Generator,
) -> CounterfactualAnswer:
    """Rung 3 from factors alone: what they would have been, and pictures of that."""
    story = world.story
    factual = story.draw(given, samples, generator)
    moving = moved_by(story.graph, do)
    noise = story.abduct(factual, coupling, generator, only=moving)
    unmoved = {name: draws for name, draws in factual.items() if name not in moving}
    changed = story.predict(noise, coupling, do, unmoved)
    hidden = draw_hidden(world.dataset, samples, generator)
    before, original = _pictures(world, factual, hidden, generator)
    after, truth = _pictures(world, changed, hidden, generator)
    return CounterfactualAnswer(
        original=original,
        reconstruction=before.density[0],
        truth=truth,
        **after.told[0],
        variables=story.variables,
        posterior=_posterior(story, given),
        factual=story.stack(factual).numpy(),
        counterfactual=story.stack(changed).numpy(),
        do=dict(do),
        cut=cut_edges(story.graph, do),
        descendants=moving,
    )


def _population(
    world: World, classes: Classes, samples: int, generator: torch.Generator
) -> PopulationAnswer:
    hidden = draw_hidden(world.dataset, samples, generator)
    averages, truth = _pictures(world, classes, hidden, generator)
    return PopulationAnswer(
        truth=truth,
        **averages.told[0],
        variables=world.story.variables,
        factors=world.story.stack(classes).numpy(),
    )


def _pictures(
    world: World, classes: Classes, hidden: torch.Tensor, generator: torch.Generator
) -> tuple[Averages, np.ndarray]:
    """The model's and the renderer's average picture of (S,) draws of the factors.

    Args:
        world: what is asked.
        classes: of the factors.
        hidden: (S, H) of what no label names, which only the renderer is told.
        generator: of z.
    """
    v = world.story.stack(classes)[None]
    draws = Draws.of(v)
    averages = _averaged(world, draws, world.draw_latent(2 * draws.samples, generator))
    units = Draws.of(torch.cat([v, hidden[None]], dim=2)) if hidden.shape[1] else draws
    return averages, average_truth(world.dataset, units)[0]


@torch.no_grad()
def forget(
    world: World, answer: CounterfactualAnswer, generator: torch.Generator
) -> CounterfactualAnswer:
    """The answer of rung 3 with the image's noise, z and the pixels', from its prior instead.

    The factors' noise stays as it was abducted: what the answer then lacks is what only the
    image could tell. It is no counterfactual, and is here to be compared with one.
    """
    z = world.draw_latent(2 * len(answer.factual), generator)
    before, after = (
        _averaged(world, Draws.of(torch.from_numpy(classes)[None]), z)
        for classes in (answer.factual, answer.counterfactual)
    )
    return replace(answer, reconstruction=before.density[0], **after.told[0])


def _averaged(world: World, draws: Draws, z: torch.Tensor) -> Averages:
    """The model's average picture, of one answer's draws and twice as many of z at most."""
    mixture = Mixture.of(draws, world.latents(draws.samples))
    return average_prior(world.model, mixture, z, answers=1)


def _posterior(story: SCM, given: Mapping[str, int]) -> Posterior:
    """The most probable explanations of some of the factors, by enumeration."""
    joint = story.log_joint(given)
    mass = joint.flatten(len(story.variables)).logsumexp(-1) if story.hidden else joint
    probability = mass.flatten().softmax(0)
    top, place = probability.topk(min(_LISTED, len(probability)))
    enough = int(torch.searchsorted(top.cumsum(0), torch.tensor(_MASS).double())) + 1
    columns = torch.unravel_index(place[:enough], mass.shape)
    classes = [c + given.get(v.name, 0) for v, c in zip(story.variables, columns, strict=True)]
    return Posterior(
        classes=torch.stack(classes, dim=1).numpy(),
        probabilities=top[:enough].numpy(),
        covered=min(float(top[:enough].sum()), 1.0),
        variables=story.variables,
        laws={name: law.numpy() for name, law in population_law(story, given, {}).items()},
    )
