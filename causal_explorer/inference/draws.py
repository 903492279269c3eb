"""Draws of the factors, collected, and dealt out over draws of z."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

_AT_ONCE = 1_024  # pictures decoded in one batch: bounds the memory of a query


@dataclass(frozen=True)
class Draws:
    """Draws of classes for several answers, collected.

    Attributes:
        classes: (D, V) int64, distinct within an answer and an explanation.
        owners: (D,) int64, whose they are, ascending.
        sources: (D,) int64, the explanation of the evidence that they come from.
        counts: (D,) int64, of the answer's draws.
        answers: how many there are.
        samples: draws of each.
    """

    classes: Tensor
    owners: Tensor
    sources: Tensor
    counts: Tensor
    answers: int
    samples: int

    @classmethod
    def of(cls, classes: Tensor, sources: Tensor | None = None) -> Draws:
        """Collects (Q, S, V) draws, S for each of Q answers, from (Q, S) sources; 0 if None."""
        answers, samples, _ = classes.shape
        owners = torch.arange(answers).repeat_interleave(samples)
        before = torch.zeros_like(owners) if sources is None else sources.flatten()
        columns = torch.cat([owners[:, None], before[:, None], classes.flatten(0, 1)], dim=1)
        sizes = (columns.amax(0) + 1).tolist()
        places = torch.tensor([*np.cumprod(sizes[:0:-1])[::-1].tolist(), 1])
        codes, counts = torch.unique(columns @ places, return_counts=True)
        owners, before, *factors = torch.unravel_index(codes, sizes)
        return cls(torch.stack(factors, dim=1), owners, before, counts, answers, samples)


@dataclass(frozen=True)
class Mixture:
    """The combinations of each answer, each with draws of z of its own.

    z and the factors' noise are independent given the evidence, so any pairing of their draws
    is a draw of both. A combination has as large a share of the draws of z as it has of the
    answer's samples, and two at least, where there are two: their difference tells how much of
    the variance is z's. No two rows of an answer share a draw, so that their errors are
    independent.

    Attributes:
        classes: (M, V) int64.
        owners: (M,) int64, the answer.
        latents: (M,) int64, which of its answer's draws of z.
        sources: (M,) int64, the explanation.
        members: (M,) int64, ascending, the combination; one that would not fit into a piece
            counts as several.
        copies: (M,) int64, rows of the same member.
        weights: (M,) float64, summing to 1 for each answer.
        samples: draws of the factors of each answer.
    """

    classes: Tensor
    owners: Tensor
    latents: Tensor
    sources: Tensor
    members: Tensor
    copies: Tensor
    weights: Tensor
    samples: int

    @classmethod
    def of(cls, draws: Draws, latents: int) -> Mixture:
        """Deals draws of z out to each answer's combinations.

        Args:
            draws: of the factors.
            latents: draws of z of an answer, at the least; of 1, all rows share it.
        """
        dealt = -(-latents * draws.counts // draws.samples)
        dealt = dealt.clamp(min=min(2, latents))
        pieces = -(-dealt // _AT_ONCE)
        whole = torch.repeat_interleave(pieces)
        part = torch.arange(len(whole)) - (pieces.cumsum(0) - pieces)[whole]
        size = dealt[whole] // pieces[whole] + (part < dealt[whole] % pieces[whole])
        members = torch.repeat_interleave(size)
        kinds = whole[members]
        owners = draws.owners[kinds]
        first = torch.bincount(owners, minlength=draws.answers).cumsum(0).roll(1)
        first[0] = 0
        own = torch.arange(len(members)) - first[owners]
        return cls(
            classes=draws.classes[kinds],
            owners=owners,
            latents=own if latents > 1 else torch.zeros_like(own),
            sources=draws.sources[kinds],
            members=members,
            copies=size[members],
            weights=draws.counts[kinds].double() / (dealt[kinds] * draws.samples),
            samples=draws.samples,
        )

    def used(self, answers: int) -> list[int]:
        """How many draws of z each answer rests on."""
        return torch.bincount(self.owners, minlength=answers).tolist()

    def parts(self) -> Iterator[Mixture]:
        """The same in pieces small enough to decode at once; a combination stays in one."""
        start, rows = 0, len(self.members)
        while start < rows:
            stop = min(start + _AT_ONCE, rows)
            if stop < rows:
                stop = int(torch.searchsorted(self.members, self.members[stop]))
            piece = slice(start, stop)
            yield Mixture(
                self.classes[piece],
                self.owners[piece],
                self.latents[piece],
                self.sources[piece],
                self.members[piece],
                self.copies[piece],
                self.weights[piece],
                self.samples,
            )
            start = stop
