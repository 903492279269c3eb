"""Start here: one counterfactual, in Pearl's three steps (Pearl 2009, theorem 7.1.7)."""

from __future__ import annotations

import torch
from torch import Tensor

from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.mixture import Mixture, average_abducted, average_truth
from causal_explorer.inference.world import World
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.graph import cut_edges, moved_by


@torch.no_grad()
def counterfactual(
    world: World,
    x: Tensor,
    v: Tensor,
    do: dict[str, int],
    coupling: Coupling,
    samples: int,
    generator: torch.Generator,
) -> CounterfactualAnswer:
    """What the image would have looked like under do(), averaged over the abducted noise.

    Args:
        world: what is asked.
        x: (64, 64) the image, 0 and 1, on the model's device.
        v: (V,) int64 its classes.
        do: targets and their classes.
        coupling: of the factors' noise.
        samples: draws of the factors' noise.
        generator: of all draws, on the CPU.
    """
    story, factual = world.story, v.expand(samples, -1)
    moving = moved_by(story.graph, do)  # nothing else can change, so its noise is not needed
    evidence = story.unstack(factual)
    unmoved = {name: value for name, value in evidence.items() if name not in moving}

    # Abduction: p(u | v, x) of the factors, of z, and of the pixels.
    noise = story.abduct(evidence, coupling, generator, only=moving)
    z = world.abduct_latent(x, v, samples, generator)
    pixels = world.model.decode(v.expand(len(z), -1).to(x.device), z)  # u | x: below p or above

    # Action: the targets' assignments are replaced by constants.
    # Prediction: the same noise runs through the changed model.
    changed = story.stack(story.predict(noise, coupling, do, unmoved))
    density = average_abducted(world.model, Mixture.of(changed, len(z)), z, x, pixels.canvas)

    return CounterfactualAnswer(
        original=x.double().cpu().numpy(),
        reconstruction=pixels.mean.double().mean(0).cpu().numpy(),
        density=density,
        truth=average_truth(world.dataset, changed),
        variables=story.variables,
        factual=factual.numpy(),
        counterfactual=changed.numpy(),
        do=do,
        cut=frozenset(cut_edges(story.graph, do)),
        descendants=frozenset(moving),
    )
