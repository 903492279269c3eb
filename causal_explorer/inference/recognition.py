"""From an image to its explanations: proposed by a recogniser, scored exactly, then widened.

p(v | x) ∝ p(v) p(x | v): the prior is the story's, the likelihood the image mechanism's. Only
which v are scored is the recogniser's choice, and the widening mends that too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from causal_explorer.inference.agreement import iou
from causal_explorer.inference.posterior import Posterior
from causal_explorer.inference.world import World
from causal_explorer.models.recogniser import Recogniser
from causal_explorer.scm.variables import Variable

_PROPOSED = 64  # explanations that the recogniser names
_ROUNDS = 12  # of widening, at most
_WIDENED = 4  # explanations around which a round looks
_RELEVANT = 1e-4  # of the mass: less is not widened
_COVERED = 0.999  # of the mass that the last round may at least leave as it was
_KEPT = 1 - 1e-6  # of the mass, that the list of explanations keeps


@torch.no_grad()
def explain(
    world: World,
    recogniser: Recogniser,
    x: Tensor,
    given: Mapping[str, int],
    generator: torch.Generator,
) -> Posterior:
    """p(v | x, given) of one image.

    Args:
        world: whose story is the prior and whose model the likelihood.
        recogniser: that proposes.
        x: (64, 64) the image, 0 and 1.
        given: classes that are known.
        generator: for z, where pictures read it.
    """
    variables = world.story.variables
    fresh = _propose(recogniser, x, variables, given)
    known, score = fresh[:0], torch.zeros(0, dtype=torch.float64)
    covered = 0.0
    for _ in range(_ROUNDS):
        prior = world.story.log_evidence(world.story.unstack(fresh))
        likelihood = world.log_likelihood(x, fresh, generator)
        before = score.logsumexp(0) if len(score) else torch.tensor(-torch.inf)
        known, score = torch.cat([known, fresh]), torch.cat([score, prior + likelihood])
        covered = float((before - score.logsumexp(0)).exp())
        if covered >= _COVERED:
            break
        likely = score.softmax(0)
        top = likely.topk(min(_WIDENED, len(likely))).indices
        centres = known[top[likely[top] >= _RELEVANT * likely[top[0]]]]
        fresh = _without(_around(centres, variables, given), known)
        if not len(fresh):
            covered = 1.0
            break
    likely, order = score.softmax(0).sort(descending=True)
    kept = int(torch.searchsorted(likely.cumsum(0), torch.tensor(_KEPT).double())) + 1
    classes, likely = known[order[:kept]], likely[:kept]
    best = classes[:1]
    return Posterior(
        classes=classes.numpy(),
        probabilities=(covered * likely / likely.sum()).numpy(),
        covered=covered,
        variables=variables,
        nats=-float(world.log_likelihood(x, best, generator)),
        overlap=iou(x.cpu().numpy(), world.dataset.render(best.numpy())[0]),
    )


def _propose(
    recogniser: Recogniser, x: Tensor, variables: tuple[Variable, ...], given: Mapping[str, int]
) -> Tensor:
    """(P, V) the most probable combinations of the factors' own laws."""
    device = next(recogniser.parameters()).device
    classes, total = torch.zeros(1, 0, dtype=torch.int64), torch.zeros(1)
    for variable, law in zip(variables, recogniser(x[None].to(device)), strict=True):
        if variable.name in given:
            own, score = torch.tensor([given[variable.name]]), torch.zeros(1)
        else:
            own, score = torch.arange(variable.classes), law[0].cpu()
        sums = (total[:, None] + score).flatten()
        total, place = sums.topk(min(_PROPOSED, len(sums)))
        classes = torch.cat([classes[place // len(own)], own[place % len(own), None]], dim=1)
    return classes


def _around(centres: Tensor, variables: tuple[Variable, ...], given: Mapping[str, int]) -> Tensor:
    """What looks most like each centre: its neighbours, and its place in any shape and turn.

    One step in each factor that has an order, all at once; then every class of those that have
    none or close to a ring, which holds all symmetries.
    """
    near, turned = [], []
    for variable in variables:
        whole = torch.arange(variable.classes)
        steps = torch.tensor([0]) if variable.kind == "nominal" else torch.tensor([-1, 0, 1])
        alike = whole if variable.kind != "ordinal" else torch.tensor([0])
        fixed = variable.name in given
        near.append(torch.tensor([0]) if fixed else steps)
        turned.append(torch.tensor([0]) if fixed else alike)
    moves = torch.cat([_combinations(near), _combinations(turned)])
    moved = (centres[:, None] + moves).flatten(0, 1)
    sizes = torch.tensor([variable.classes for variable in variables])
    rings = torch.tensor([variable.kind != "ordinal" for variable in variables])
    moved = torch.where(rings, moved % sizes, moved)
    return moved[((moved >= 0) & (moved < sizes)).all(1)].unique(dim=0)


def _combinations(columns: list[Tensor]) -> Tensor:
    return torch.stack([g.flatten() for g in torch.meshgrid(*columns, indexing="ij")], dim=1)


def _without(rows: Tensor, known: Tensor) -> Tensor:
    """The rows that are not known yet."""
    seen = set(map(tuple, known.tolist()))
    new = [row for row in rows.tolist() if tuple(row) not in seen]
    return torch.tensor(np.array(new, dtype=np.int64).reshape(-1, rows.shape[1]))
