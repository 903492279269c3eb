"""From an image to its explanations: a search of all combinations of factors, then exact scores.

    p(v | x) ∝ p(v) p(x | v)

The prior is the story's, the likelihood the image mechanism's. One scan tells by how many pixels
the renderer's picture of every combination differs from the image; the nearest are scored. Where
the model's doubt is known (`inference/doubt.py`), each distance is a bound on the likelihood, so
that what was not scored is bounded too: `covered` is then a true lower bound. Elsewhere the scan,
and what a recogniser proposes, are guesses, and `covered` an estimate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor

from causal_explorer.inference.agreement import iou
from causal_explorer.inference.disturbance import none_of_these
from causal_explorer.inference.doubt import CERTAIN
from causal_explorer.inference.posterior import Posterior
from causal_explorer.inference.search import Search
from causal_explorer.inference.world import World
from causal_explorer.models.recogniser import Recogniser
from causal_explorer.scm.variables import Variable

_FIRST = 30.0  # nats above the nearest that are scored first: enough under an even prior
_OPEN = 1e-7  # of the mass, that what was not scored may hold
_ESTIMATED = (
    0.999  # of the mass that the last widening may at least leave, where nothing is bounded
)
_NEAREST = 256  # combinations scored first where nothing is bounded; each widening doubles them
_MOST = 8_192  # combinations scored at most
_PROPOSED = 64  # combinations that the recogniser names
_ROUNDING = 2.0**-23  # of a float32, relative
_KEPT = 1 - 1e-6  # of the mass, that the list of explanations keeps
_COMPARED = 4  # explanations that "none of these" is weighed against


@torch.no_grad()
def explain(
    world: World,
    x: Tensor,
    given: Mapping[str, int],
    generator: torch.Generator,
    recogniser: Recogniser | None = None,
    doubts: np.ndarray | None = None,
) -> Posterior:
    """p(v | x, given) of one image.

    Args:
        world: whose story is the prior and whose model the likelihood.
        x: (64, 64) the image, 0 and 1.
        given: classes that are known.
        generator: for z, where pictures read it.
        recogniser: that proposes too, where nothing is bounded.
        doubts: (K_1, …, K_V) nats, as `doubt.doubt_of` measures them; None where they are not
            known.
    """
    search = Search.of(world, x, given, doubts)
    if doubts is None and recogniser is not None:
        search.prefer(_propose(recogniser, x, world.story.variables, given))
    found = _score(world, x, search, generator, bounded=doubts is not None)
    likely, order = found.score.softmax(0).sort(descending=True)
    kept = int(torch.searchsorted(likely.cumsum(0), torch.tensor(_KEPT).double())) + 1
    classes = found.classes[order[:kept]].numpy()
    image = x.cpu().numpy().astype(np.uint8)
    compared = np.unique(np.concatenate([classes[:_COMPARED], search.lopsided()]), axis=0)
    nats = -float(found.likelihood[order[0]])
    # the model's logits are float32: a likelihood is known to so much, where others compete
    rounded = _ROUNDING * nats if kept > 1 else 0.0
    held = found.covered * max(0.0, 1 - rounded)
    return Posterior(
        classes=classes,
        probabilities=(held * likely[:kept]).numpy(),
        covered=held * float(likely[:kept].sum()),
        variables=world.story.variables,
        nats=nats,
        overlap=iou(image, world.dataset.render(classes[:1])[0]),
        none=none_of_these(image, world.dataset.render(compared), search.floor.size),
        disturbed=search.closest > 0,
        bounded=doubts is not None,
    )


@dataclass
class _Scored:
    """Combinations with their scores.

    Attributes:
        classes: (N, V) int64.
        likelihood: (N,) float64 log p(x | v).
        score: (N,) float64 log p(v) p(x | v).
        covered: of the whole mass, what these hold at least; an estimate where nothing is bounded.
    """

    classes: Tensor
    likelihood: Tensor
    score: Tensor
    covered: float = 0.0

    def add(self, world: World, x: Tensor, v: Tensor, generator: torch.Generator) -> None:
        """Scores (N, V) more combinations."""
        likelihood = world.log_likelihood(x, v, generator)
        prior = world.story.log_evidence(world.story.unstack(v))
        self.classes = torch.cat([self.classes, v])
        self.likelihood = torch.cat([self.likelihood, likelihood])
        self.score = torch.cat([self.score, prior + likelihood])

    @property
    def total(self) -> float:
        """log Σ p(v) p(x | v) of these."""
        return float(self.score.logsumexp(0)) if len(self.score) else -math.inf


def _score(
    world: World, x: Tensor, search: Search, generator: torch.Generator, bounded: bool
) -> _Scored:
    """Scores the cheapest combinations, then more, until the rest cannot matter."""
    empty = torch.zeros(0, dtype=torch.float64)
    found = _Scored(torch.zeros(0, len(search.sizes), dtype=torch.int64), empty, empty)
    count = _NEAREST
    limit = CERTAIN * search.closest + _FIRST if bounded else search.nearest(count)
    while True:
        before = found.total
        rows = search.take(limit, _MOST - len(found.score))
        found.add(world, x, torch.from_numpy(search.classes(rows)), generator)
        if math.isinf(search.cheapest):
            found.covered = 1.0
        elif bounded:  # the prior sums to 1, so that what is left holds e^-cheapest at most
            found.covered = float(expit(found.total + search.cheapest))
        else:  # the share of what was there before
            found.covered = math.exp(before - found.total)
        enough = 1 - _OPEN if bounded else _ESTIMATED
        if found.covered >= enough or len(found.score) >= _MOST:
            return found
        count *= 2
        open_at = -math.log(_OPEN) - found.total
        limit = max(search.cheapest, open_at) if bounded else search.nearest(count)


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
