"""Start here: counterfactuals, in Pearl's three steps (Pearl 2009, theorem 7.1.7).

One question or many take the same path: units are images with the explanations of them, and
each question is about one of them. A sweep asks many questions about one unit, and abducts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.raster import SIZE
from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.draws import Draws, Mixture
from causal_explorer.inference.mixture import Seen, average_abducted
from causal_explorer.inference.posterior import Posterior
from causal_explorer.inference.truth import Hidden, average_unit_truth
from causal_explorer.inference.world import World
from causal_explorer.scm.actions import Do, cut_edges, moved_by
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.inversion import invert
from causal_explorer.scm.scm import Classes, Noise

_AT_ONCE = 1_024  # pictures decoded in one batch


@dataclass(frozen=True)
class Abducted:
    """What the evidence tells of the noise of U units.

    Attributes:
        posteriors: of each unit, the explanations of its image.
        factual: of each unit, S draws of p(v | x), hidden causes included.
        sources: (U, S) int64, the explanation that each draw is, counted over all units.
        unmoved: of each unit, the factual draws of what do() cannot move.
        noise: of each unit, that of the others: a draw of p(u | v) for each factual draw.
        seen: the images, z, and the noise of the pixels under each explanation.
        hidden: of each unit, what the image shows and no label names, for the truth alone.
    """

    posteriors: Sequence[Posterior]
    factual: list[Classes]
    sources: Tensor
    unmoved: list[Classes]
    noise: list[Noise]
    seen: Seen
    hidden: Sequence[Hidden]


@torch.no_grad()
def abduct(
    world: World,
    x: Tensor,
    posteriors: Sequence[Posterior],
    dos: Sequence[Do],
    coupling: Coupling,
    samples: int,
    generators: Sequence[torch.Generator],
    hidden: Sequence[Hidden] | None = None,
    disturbed: Sequence[bool] | None = None,
) -> Abducted:
    """Abduction: p(u | x) of the factors, of z, and of the pixels, for U units.

    Args:
        world: what is asked.
        x: (U, 64, 64) the images, 0 and 1, on the model's device.
        posteriors: p(v | x) of each.
        dos: what is to be done to each unit; all that is asked of it has these targets.
        coupling: of the factors' noise.
        samples: S, draws of the factors' noise.
        generators: one for each unit's draws, on the CPU.
        hidden: of each unit, what no label names; left out where the data set has no such thing.
        disturbed: of each unit, whether its image holds what no noise of the world put there; left
            out where none does. What stands in its place has no known truth.
    """
    story, factual, sources, unmoved, noise, normal = world.story, [], [], [], [], []
    first = 0
    for posterior, do, generator in zip(posteriors, dos, generators, strict=True):
        chosen = _draw(posterior, samples, generator)
        v = torch.from_numpy(posterior.classes)[chosen]
        classes = story.complete(story.unstack(v), generator)
        moving = moved_by(story.graph, do)  # nothing else can change: its noise is not needed
        factual.append(classes)
        sources.append(chosen + first)
        unmoved.append({name: draws for name, draws in classes.items() if name not in moving})
        noise.append(story.abduct(classes, coupling, generator, only=moving))
        normal.append(world.noise(2 * samples, generator))  # no combination takes more than two
        first += len(posterior)
    about = torch.repeat_interleave(torch.tensor([len(posterior) for posterior in posteriors]))
    v = torch.from_numpy(np.concatenate([posterior.classes for posterior in posteriors]))
    v = v.to(x.device)
    q = world.model.encode(x[about.to(x.device)], v)
    swept = torch.tensor([False] * len(x) if disturbed is None else disturbed)
    seen = Seen(x, about, v, q.mean, q.stddev, torch.stack(normal).to(x.device), swept)
    if not world.model.reads_latent:
        z = seen.latent(torch.arange(first), torch.zeros(first, dtype=torch.int64))
        seen = replace(seen, pixels=world.model.decode(v, z))
    told = [()] * len(x) if hidden is None else hidden
    return Abducted(posteriors, factual, torch.stack(sources), unmoved, noise, seen, told)


@torch.no_grad()
def predict(
    world: World, found: Abducted, asked: Sequence[tuple[int, Do]], coupling: Coupling
) -> list[CounterfactualAnswer]:
    """Action and prediction: the same noise runs through the changed model.

    Args:
        world: what is asked.
        found: what was abducted, for the targets that are asked about.
        asked: each question's unit and do().
        coupling: that the noise was abducted under.
    """
    # Action: the targets' assignments are replaced.
    # Prediction: the same noise runs through what is left.
    story = world.story
    changed = torch.stack(
        [
            story.stack(story.predict(found.noise[unit], coupling, do, found.unmoved[unit]))
            for unit, do in asked
        ]
    )  # (Q, S, V)
    units = torch.tensor([unit for unit, _ in asked])
    draws = Draws.of(changed, found.sources[units])
    mixture = Mixture.of(draws, world.latents(draws.samples))
    averages = average_abducted(world.model, mixture, units, found.seen).told
    truth = average_unit_truth(world.dataset, draws, [found.hidden[unit] for unit, _ in asked])
    drawn = _reconstructions(world, found)
    seen = found.seen.x.double().cpu().numpy()
    return [
        CounterfactualAnswer(
            original=seen[unit].copy(),
            reconstruction=drawn[unit].copy(),
            truth=truth[i],
            **told,
            variables=story.variables,
            posterior=found.posteriors[unit],
            factual=story.stack(found.factual[unit]).numpy(),
            counterfactual=changed[i].numpy(),
            do=dict(do),
            cut=cut_edges(story.graph, do),
            descendants=moved_by(story.graph, do),
        )
        for i, ((unit, do), told) in enumerate(zip(asked, averages, strict=True))
    ]


def _draw(posterior: Posterior, samples: int, generator: torch.Generator) -> Tensor:
    """(samples,) int64 which explanation holds in each draw."""
    if len(posterior) == 1:
        return torch.zeros(samples, dtype=torch.int64)
    lots = torch.rand(samples, dtype=torch.float64, generator=generator)
    return invert(torch.from_numpy(posterior.probabilities), lots)


def _reconstructions(world: World, found: Abducted) -> np.ndarray:
    """(U, 64, 64) E p(x = 1 | v, z) over the explanations of each unit and their z."""
    seen, listed = found.seen, [torch.from_numpy(p.probabilities) for p in found.posteriors]
    weights = torch.cat([probable / probable.sum() for probable in listed])
    total = torch.zeros(len(seen.x), SIZE, SIZE, dtype=torch.float64)
    if seen.pixels is not None:
        each = seen.pixels.mean.double().cpu()
        return total.index_add_(0, seen.about, each * weights[:, None, None]).numpy()
    draws = world.latents(found.sources.shape[1])
    copies = (draws * weights).ceil().long().clamp(min=1)  # draws of z, as probable as it is
    rows = torch.repeat_interleave(copies)
    units = torch.bincount(seen.about[rows]).cumsum(0).roll(1)
    units[0] = 0
    latents = (torch.arange(len(rows)) - units[seen.about[rows]]) % seen.noise.shape[1]
    for piece in torch.arange(len(rows)).split(_AT_ONCE):
        own, z = rows[piece], seen.latent(rows[piece], latents[piece])
        each = world.model.decode(seen.v[own.to(z.device)], z).mean.double().cpu()
        share = (weights / copies)[own]
        total.index_add_(0, seen.about[own], each * share[:, None, None])
    return total.numpy()
