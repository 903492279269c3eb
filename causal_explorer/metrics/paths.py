"""The counterfactual function f(x, pa, pa*) of an image, along the two paths that are measured.

Source: Monteiro et al. 2023 (arXiv:2303.01274), section 3; pa are the factors, which are all
parents of the image.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.arguments import parse_count
from causal_explorer.inference.counterfactual import abduct, predict
from causal_explorer.inference.posterior import certain
from causal_explorer.inference.world import World
from causal_explorer.metrics.codes import as_array
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.scm.actions import Do, Set
from causal_explorer.scm.coupling import Coupling

Counterfactual = Callable[[Tensor, Tensor, Tensor], Tensor]
"""f(x, pa, pa*): (N, 64, 64) pictures in [0, 1] and twice (N, V) int64 classes to pictures."""

_AT_ONCE, _DECODED = 64, 1_024  # whole counterfactuals, and pictures, in one batch: memory
_MOST = 1_000  # rounds of an axiom


def decoder_mean(model: ImageMechanism) -> Counterfactual:
    """f(x, pa, pa*) = E p(x' | pa*, z) at z = E q(z | x, pa): no residual of a pixel is kept."""

    @torch.no_grad()
    def f(x: Tensor, v: Tensor, v_cf: Tensor) -> Tensor:
        parts = zip(x.float().split(_DECODED), v.split(_DECODED), v_cf.split(_DECODED), strict=True)
        return torch.cat(
            [model.decode(to, model.encode(own, pa).mean).mean for own, pa, to in parts]
        )

    return f


def sampled(
    world: World,
    coupling: Coupling,
    generator: torch.Generator,
    targets: Collection[str] | None = None,
) -> Counterfactual:
    """One draw of the whole counterfactual: factors, z and the noise of the pixels abducted.

    f(x, pa, pa*) is P(x' = 1 | x, pa, z, do(targets = pa*)), z ~ q(z | x, pa). The picture that
    is asked about is rounded to 0 and 1 first, as the engine takes no other.

    Args:
        world: what is asked.
        coupling: of the factors' noise.
        generator: of all draws, on the CPU.
        targets: that do() sets; the rest follows from its noise. Left out, all of them.
    """
    names = [variable.name for variable in world.story.variables]

    def f(x: Tensor, v: Tensor, v_cf: Tensor) -> Tensor:
        dos = [
            {n: Set(k) for n, k in zip(names, row, strict=True) if targets is None or n in targets}
            for row in v_cf.tolist()
        ]
        answers = draw_answers(world, (x > 0.5).float(), v, dos, coupling, generator)
        return torch.from_numpy(np.stack([answer.density for answer in answers])).to(x.device)

    return f


def draw_answers(
    world: World,
    x: Tensor,
    v: Tensor,
    dos: Sequence[Do],
    coupling: Coupling,
    generator: torch.Generator,
) -> Iterator[CounterfactualAnswer]:
    """Counterfactuals of one draw each, every question with noise of its own.

    `Explorer.counterfactuals` gives all questions of a call the same seed, and refuses a picture
    that contradicts its factors; a measure wants independent draws, and to count what a bad
    model paints.

    Args:
        world: what is asked.
        x: (N, 64, 64) pictures of 0 and 1.
        v: (N, V) int64 their classes.
        dos: what is done to each.
        coupling: of the factors' noise.
        generator: of all draws, on the CPU.
    """
    for start in range(0, len(x), _AT_ONCE):
        piece = slice(start, start + _AT_ONCE)
        actions = dos[piece]
        posteriors = [
            certain(world.story.variables, row, float("nan")) for row in v[piece].tolist()
        ]
        own = x[piece].to(world.device)
        generators = [generator] * len(own)
        found = abduct(world, own, posteriors, actions, coupling, 1, generators)
        yield from predict(world, found, list(enumerate(actions)), coupling)


def function_of(f: Counterfactual | ImageMechanism) -> Counterfactual:
    """Itself, or the decoder-mean path of an image mechanism."""
    return decoder_mean(f) if isinstance(f, ImageMechanism) else f


def require_rounds(
    x: Tensor | ArrayLike, times: int, *classes: Tensor | ArrayLike
) -> tuple[Tensor, ...]:
    """(N, 64, 64) pictures and their (N, V) classes as tensors, for an axiom of so many rounds.

    Raises:
        ValueError: no picture, fewer than one round, or not the classes of each picture.
    """
    parse_count(times, "times", 1, _MOST)
    takes = "An axiom takes (N, 64, 64) pictures and (N, V) classes of each"
    found = [
        each if isinstance(each, Tensor) else torch.from_numpy(as_array(each, takes))
        for each in (x, *classes)
    ]
    pictures, *tables = found
    if pictures.ndim and not len(pictures):
        raise ValueError("There is no picture: an axiom is measured on at least one.")
    count = pictures.shape[:1]
    if pictures.ndim != 3 or any(v.ndim != 2 or v.shape[:1] != count for v in tables):
        raise ValueError(f"{takes}, not {' and '.join(str(tuple(each.shape)) for each in found)}.")
    return tuple(found)
