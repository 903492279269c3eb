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
    """The combinations of each answer, each with one or more draws of z.

    z and the factors' noise are independent given the evidence, so any pairing of their draws
    is a draw of both. A combination has two draws of z at least, where there are two: their
    difference tells how much of the variance is z's.

    Attributes:
        classes: (M, V) int64.
        owners: (M,) int64, the answer.
        latents: (M,) int64, which of its explanation's L draws of z.
        sources: (M,) int64, the explanation.
        members: (M,) int64, the combination among the draws, ascending.
        copies: (M,) int64, draws of z that the combination has.
        weights: (M,) float64, summing to 1 for each answer.
    """

    classes: Tensor
    owners: Tensor
    latents: Tensor
    sources: Tensor
    members: Tensor
    copies: Tensor
    weights: Tensor

    @classmethod
    def of(cls, draws: Draws, latents: int) -> Mixture:
        """Deals `latents` draws of z out to each answer's combinations."""
        distinct = torch.bincount(draws.owners, minlength=draws.answers)
        each = (-(-latents // distinct.clamp(min=1))).clamp(min=min(2, latents))
        copies = each[draws.owners]
        members = torch.repeat_interleave(copies)
        owners, copies = draws.owners[members], copies[members]
        sizes = distinct * each
        dealt = torch.arange(len(members)) - (sizes.cumsum(0) - sizes)[owners]
        weights = draws.counts[members].double() / (copies * draws.samples)
        return cls(
            classes=draws.classes[members],
            owners=owners,
            latents=dealt % latents,
            sources=draws.sources[members],
            members=members,
            copies=copies,
            weights=weights,
        )

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
            )
            start = stop
