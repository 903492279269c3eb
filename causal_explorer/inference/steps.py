"""One counterfactual step by step: the noise, the rows and the pictures behind its first draws.

The noise of factors that can move is that which made the answer. The answer needs no other noise:
it is abducted here, from a generator of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.counterfactual import Abducted, predict
from causal_explorer.inference.pixel import counterfactual_pixel
from causal_explorer.inference.rungs import imagine
from causal_explorer.inference.truth import draw_hidden
from causal_explorer.inference.world import World
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.scm.actions import Do, Set, moved_by
from causal_explorer.scm.coupling import COUPLINGS, Coupling
from causal_explorer.scm.scm import SCM, Classes, Noise
from causal_explorer.scm.variables import Variable

MAX_SHOWN = 1_000  # draws: each brings four pictures along
Table = dict[str, np.ndarray]  # variable → one row a draw


@dataclass(frozen=True)
class Factors:
    """The factors' side of D draws: v := f(row, u) before do(), v' := f(row_cf, u) after it.

    Attributes:
        variables: every variable, hidden causes last.
        noise: (D,) or (D, K) float64 u ~ p(u | v) of each variable.
        rows: (D, K) float64 p(v | pa) of each variable, under the factual parents.
        rows_cf: (D, K) float64, by what do() left, under the counterfactual parents: 1 at the
            value of a target that is set; of one that is shifted, as before its shift.
        factual: (D,) int64 class of each variable before.
        counterfactual: (D,) int64 class of each variable after.
    """

    variables: tuple[Variable, ...] = field(repr=False)
    noise: Table = field(repr=False)
    rows: Table = field(repr=False)
    rows_cf: Table = field(repr=False)
    factual: Table = field(repr=False)
    counterfactual: Table = field(repr=False)


@dataclass(frozen=True)
class Pixels:
    """The image's side of D draws: x_p := 1[u_p < p(x_p = 1 | v, z)].

    Attributes:
        x: (64, 64) float64 of 0 and 1, the image; None where there is none to abduct from.
        p: (D, 64, 64) float32 p(x = 1 | v, z).
        p_cf: (D, 64, 64) float32 p(x = 1 | v', z).
        density: (D, 64, 64) float32 P(x' = 1 | x, v', z), each draw's own picture: the noise of
            its pixels is summed out.
        truth: (D, 64, 64) uint8 the renderer's picture of v'.
        z: (D, latent) a draw of it each.
        z_mean: (D, latent) of q(z | x, v); of p(z) without an image.
        z_stddev: (D, latent) likewise.
        reads_latent: whether any picture depends on z.
    """

    x: np.ndarray | None = field(repr=False)
    p: np.ndarray = field(repr=False)
    p_cf: np.ndarray = field(repr=False)
    density: np.ndarray = field(repr=False)
    truth: np.ndarray = field(repr=False)
    z: np.ndarray = field(repr=False)
    z_mean: np.ndarray = field(repr=False)
    z_stddev: np.ndarray = field(repr=False)
    reads_latent: bool

    @property
    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """(D, 64, 64) each: u | x = 1 ~ U(0, p), u | x = 0 ~ U(p, 1); U(0, 1) without x."""
        if self.x is None:
            return np.zeros_like(self.p), np.ones_like(self.p)
        on = self.x == 1
        return np.where(on, 0, self.p), np.where(on, self.p, 1)


@dataclass(frozen=True)
class Steps:
    """Evidence, abduction, action and prediction of the first draws of an answer.

    Attributes:
        answer: of all draws, as `Explorer.counterfactual` gives it.
        coupling: name of f.
        factors: noise, rows and classes of the first D draws.
        pixels: noise and pictures of the same.
    """

    answer: CounterfactualAnswer
    coupling: str
    factors: Factors = field(repr=False)
    pixels: Pixels = field(repr=False)

    def __len__(self) -> int:
        return len(self.pixels.p)


def cumulated(variable: Variable, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How the monotone coupling lays the classes of a (K,) row out along u.

    Returns:
        (K,) int64 classes in the order of their intervals, that of u = 0 first: where the ring
        of a circular variable is opened; and (K,) F, where each interval ends.
    """
    rows = torch.from_numpy(row)[None]
    first = COUPLINGS["monotone"].assign(variable, rows, rows.new_zeros(1))
    order = (np.arange(variable.classes) + int(first)) % variable.classes
    return order, row[order].cumsum()


@torch.no_grad()
def abducted_steps(
    world: World, found: Abducted, do: Do, coupling: Coupling, shown: int, seed: int
) -> Steps:
    """The steps of a question about an image.

    Args:
        world: what is asked.
        found: what was abducted from the one image, for these targets.
        do: targets and their actions.
        coupling: that the noise was abducted under.
        shown: D, at most the draws that there are.
        seed: of the answer.
    """
    (answer,) = predict(world, found, [(0, do)], coupling)
    factual, noise = _first(found.factual[0], shown), _first(found.noise[0], shown)
    factors = _factors(world.story, factual, noise, do, coupling, _own(seed))
    v, x, seen = world.story.stack(factual), found.seen.x, found.seen
    q = world.model.encode(x.expand(shown, -1, -1), v.to(x.device))
    dealt = torch.arange(shown) % seen.noise.shape[1]  # z and u are independent: a pair is a draw
    z = seen.latent(found.sources[0, :shown], dealt)
    swept = bool(seen.disturbed[0])
    pixels = _pixels(world, factors, x[0], z, q.mean, q.stddev, found.hidden[0], swept)
    return Steps(answer, coupling.name, factors, pixels)


@torch.no_grad()
def imagined_steps(
    world: World,
    given: Mapping[str, int],
    do: Do,
    coupling: Coupling,
    samples: int,
    shown: int,
    seed: int,
) -> Steps:
    """The steps of a question about some of the factors: without an image no pixel is abducted.

    Args:
        world: what is asked.
        given: classes of the factors that are known.
        do: targets and their actions.
        coupling: of the factors' noise.
        samples: draws of the answer.
        shown: D, at most `samples`.
        seed: of the answer.
    """
    story, again, own = world.story, torch.Generator().manual_seed(seed), _own(seed)
    answer = imagine(world, given, do, coupling, samples, torch.Generator().manual_seed(seed))
    factual = story.draw(given, samples, again)  # the same two draws that the answer began with
    noise = story.abduct(factual, coupling, again, only=moved_by(story.graph, do))
    first = _first(factual, shown), _first(noise, shown)
    factors = _factors(story, *first, do, coupling, own)
    z = world.draw_latent(shown, own)
    z = z[torch.arange(shown, device=z.device) % len(z)]
    prior = world.model.prior()
    law = prior.mean.expand(shown, -1), prior.stddev.expand(shown, -1)
    hidden = draw_hidden(world.dataset, shown, own).numpy()
    pixels = _pixels(world, factors, None, z, *law, hidden)
    return Steps(answer, coupling.name, factors, pixels)


def _factors(
    story: SCM,
    factual: Classes,
    noise: Noise,
    do: Do,
    coupling: Coupling,
    generator: torch.Generator,
) -> Factors:
    """Action and prediction on (D,) factual classes and the noise of what can move."""
    count = len(next(iter(factual.values())))
    unmoved = {name: classes for name, classes in factual.items() if name not in noise}
    changed = story.predict(noise, coupling, do, unmoved)
    noise = noise | story.abduct(factual, coupling, generator, only=unmoved)
    rows, rows_cf = {}, {}
    for variable in story.all:
        name, action = variable.name, do.get(variable.name)
        rows[name] = story.rows(name, factual, count).numpy()
        if isinstance(action, Set):
            rows_cf[name] = one_hot(changed[name], variable.classes).double().numpy()
        else:
            rows_cf[name] = story.rows(name, changed, count, do).numpy()
    return Factors(story.all, _arrays(noise), rows, rows_cf, _arrays(factual), _arrays(changed))


def _pixels(
    world: World,
    factors: Factors,
    x: Tensor | None,
    z: Tensor,
    mean: Tensor,
    stddev: Tensor,
    hidden: np.ndarray | Sequence[int] | None,
    disturbed: bool = False,
) -> Pixels:
    """Pictures of the factors before and after.

    Args:
        world: what is asked.
        factors: of D draws.
        x: (64, 64) the image, if there is one.
        z: (D, latent) a draw each.
        mean: (D, latent) of the law of z.
        stddev: (D, latent) likewise.
        hidden: (D, H) or (H,) of what no label names, for the truth.
        disturbed: whether the image is no picture of the world: each draw's own stands for it, and
            the truth is not known.
    """
    names = [variable.name for variable in world.story.variables]
    v, v_cf = (
        np.stack([side[name] for name in names], axis=1)
        for side in (factors.factual, factors.counterfactual)
    )
    both = torch.from_numpy(np.concatenate([v, v_cf])).to(z.device)
    before, after = _logits(world.model, both, z.repeat(2, 1)).chunk(2)
    seen = (before > 0).to(before.dtype) if disturbed else x
    kept = after.sigmoid() if seen is None else counterfactual_pixel(seen, before, after)
    truth = world.dataset.render(world.dataset.units(v_cf, hidden))
    return Pixels(
        x=None if x is None else x.double().cpu().numpy(),
        p=before.sigmoid().cpu().numpy(),
        p_cf=after.sigmoid().cpu().numpy(),
        density=kept.cpu().numpy(),
        truth=np.full(truth.shape, np.nan) if disturbed else truth,
        z=z.cpu().numpy(),
        z_mean=mean.cpu().numpy(),
        z_stddev=stddev.cpu().numpy(),
        reads_latent=world.model.reads_latent,
    )


def _logits(model: ImageMechanism, v: Tensor, z: Tensor) -> Tensor:
    """(N, 64, 64) logits of p(x = 1 | v, z); each distinct pair is decoded once."""
    joined, count = torch.cat([v.double(), z.double()], dim=1), v.shape[1]
    pairs, place = torch.unique(joined, dim=0, return_inverse=True)
    decoded = model.decode(pairs[:, :count].long(), pairs[:, count:].to(z.dtype))
    return decoded.canvas[place]


def _first(batches: Mapping[str, Tensor], count: int) -> dict[str, Tensor]:
    return {name: batch[:count] for name, batch in batches.items()}


def _arrays(batches: Mapping[str, Tensor]) -> Table:
    return {name: batch.numpy() for name, batch in batches.items()}


def _own(seed: int) -> torch.Generator:
    """A generator whose draws have nothing to do with the answer's from the same seed."""
    (child,) = np.random.SeedSequence(seed).spawn(1)
    return torch.Generator().manual_seed(int(child.generate_state(1)[0]))
