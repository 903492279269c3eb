"""Start here: one counterfactual, in Pearl's three steps (Pearl 2009, theorem 7.1.7)."""

from __future__ import annotations

import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.mixture import Mixture, average_abducted, average_truth
from causal_explorer.models.scm_vae import SCMVAE
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.graph import cut_edges, moved_by
from causal_explorer.scm.scm import SCM

LATENTS = 16  # draws of z


@torch.no_grad()
def counterfactual(
    model: SCMVAE,
    story: SCM,
    dataset: Dataset,
    x: Tensor,
    v: Tensor,
    do: dict[str, int],
    coupling: Coupling,
    samples: int,
    generator: torch.Generator,
) -> CounterfactualAnswer:
    """What the image would have looked like under do(), averaged over the abducted noise.

    Args:
        model: decoder p(x | v, z) and encoder q(z | x, v).
        story: the factors' mechanisms.
        dataset: whose renderer knows the truth.
        x: (64, 64) the image, 0 and 1, on the model's device.
        v: (V,) int64 its classes.
        do: targets and their classes.
        coupling: of the factors' noise.
        samples: draws of the factors' noise.
        generator: of all draws, on the CPU.
    """
    factual = v.expand(samples, -1)

    # Abduction: p(u | v, x) of the factors, of z, and of the pixels.
    noise = story.abduct(story.unstack(factual), coupling, generator)
    here = v.expand(LATENTS, -1).to(x.device)
    z = _draw(model, x, here, generator)
    p = model.decode(here, z).mean  # pixel noise: u | x, p is uniform below or above p

    # Action: the targets' assignments are replaced by constants.
    # Prediction: the same noise runs through the changed model.
    changed = story.stack(story.predict(noise, coupling, do))
    density = average_abducted(model, Mixture.of(changed, LATENTS), z, x, p)

    return CounterfactualAnswer(
        original=x.double().cpu().numpy(),
        reconstruction=p.double().mean(0).cpu().numpy(),
        density=density,
        truth=average_truth(dataset, changed),
        variables=dataset.variables,
        factual=factual.numpy(),
        counterfactual=changed.numpy(),
        do=do,
        cut=frozenset(cut_edges(story.graph, do)),
        descendants=frozenset(moved_by(story.graph, do)),
    )


def _draw(model: SCMVAE, x: Tensor, here: Tensor, generator: torch.Generator) -> Tensor:
    """(L, latent) draws of q(z | x, v)."""
    posterior = model.encode(x.expand(len(here), -1, -1), here)
    noise = torch.randn(posterior.mean.shape, generator=generator).to(x.device)
    return posterior.mean + posterior.stddev * noise
