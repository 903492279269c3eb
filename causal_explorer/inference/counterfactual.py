"""Start here: counterfactuals, in Pearl's three steps (Pearl 2009, theorem 7.1.7).

One question or many take the same path: units are images with their factors, and each
question is about one of them. A sweep asks many questions about one unit, and abducts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.mixture import Draws, Mixture, average_abducted, average_truth
from causal_explorer.inference.world import World
from causal_explorer.models.window import WindowedBernoulli
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.graph import cut_edges, moved_by
from causal_explorer.scm.scm import SCM, Classes, Noise


@dataclass(frozen=True)
class Abducted:
    """What the evidence tells of the noise of U units.

    Attributes:
        x: (U, 64, 64) their images.
        v: (U, V) int64 their classes.
        unmoved: of each unit, the draws of the factors that the targets cannot move.
        noise: of each unit, that of the others: S draws of p(u | v).
        z: (U, L, latent) draws of q(z | x, v).
        pixels: p(x | v, z), U·L pictures; a pixel's noise lies below p or above.
    """

    x: Tensor
    v: Tensor
    unmoved: list[Classes]
    noise: list[Noise]
    z: Tensor
    pixels: WindowedBernoulli


@torch.no_grad()
def abduct(
    world: World,
    x: Tensor,
    v: Tensor,
    targets: Sequence[frozenset[str]],
    coupling: Coupling,
    samples: int,
    generators: Sequence[torch.Generator],
) -> Abducted:
    """Abduction: p(u | v, x) of the factors, of z, and of the pixels, for U units.

    Args:
        world: what is asked.
        x: (U, 64, 64) the images, 0 and 1, on the model's device.
        v: (U, V) int64 their classes.
        targets: names of each unit's do-targets.
        coupling: of the factors' noise.
        samples: S, draws of the factors' noise.
        generators: one for each unit's draws, on the CPU.
    """
    story, noise, unmoved = world.story, [], []
    for row, names, generator in zip(v, targets, generators, strict=True):
        moving = moved_by(story.graph, names)  # nothing else can change: its noise is not needed
        evidence = story.unstack(row.expand(samples, -1))
        unmoved.append({name: draws for name, draws in evidence.items() if name not in moving})
        noise.append(story.abduct(evidence, coupling, generator, only=moving))
    z = world.abduct_latent(x, v, samples, generators)
    latents = z.shape[1]
    pixels = world.model.decode(v.repeat_interleave(latents, dim=0).to(x.device), z.flatten(0, 1))
    return Abducted(x, v, unmoved, noise, z, pixels)


@torch.no_grad()
def predict(
    world: World,
    found: Abducted,
    asked: Sequence[tuple[int, dict[str, int]]],
    coupling: Coupling,
) -> list[CounterfactualAnswer]:
    """Action and prediction: the same noise runs through the changed model.

    Args:
        world: what is asked.
        found: what was abducted, for the targets that are asked about.
        asked: each question's unit and do().
        coupling: that the noise was abducted under.
    """
    # Action: the targets' assignments are replaced by constants.
    # Prediction: the same noise runs through what is left.
    story = world.story
    changed = torch.stack(
        [
            story.stack(story.predict(found.noise[unit], coupling, do, found.unmoved[unit]))
            for unit, do in asked
        ]
    )  # (Q, S, V)
    draws, latents = Draws.of(changed), found.z.shape[1]
    about = torch.tensor([unit for unit, _ in asked])
    mixture = Mixture.of(draws, latents)
    density = average_abducted(world.model, mixture, about, found.x, found.z, found.pixels)
    truth = average_truth(world.dataset, draws)
    drawn = found.pixels.mean.double().unflatten(0, (-1, latents)).mean(1).cpu().numpy()
    seen = found.x.double().cpu().numpy()
    return [
        _answer(story, seen[unit], drawn[unit], density[i], truth[i], found.v[unit], changed[i], do)
        for i, (unit, do) in enumerate(asked)
    ]


def _answer(
    story: SCM,
    original: np.ndarray,
    reconstruction: np.ndarray,
    density: np.ndarray,
    truth: np.ndarray,
    v: Tensor,
    changed: Tensor,
    do: dict[str, int],
) -> CounterfactualAnswer:
    """Puts pictures and (S, V) classes together with what do() does to the graph."""
    factual = v.expand(len(changed), -1).numpy()
    factual.setflags(write=False)  # one row, seen many times
    return CounterfactualAnswer(
        original=original.copy(),
        reconstruction=reconstruction.copy(),
        density=density,
        truth=truth,
        variables=story.variables,
        factual=factual,
        counterfactual=changed.numpy(),
        do=do,
        cut=frozenset(cut_edges(story.graph, do)),
        descendants=moved_by(story.graph, do),
    )
