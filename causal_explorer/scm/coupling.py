"""Couplings: how exogenous noise and a table row make a class, and back.

A conditional table fixes p(v | pa), not what the *same* noise would give under other
parents. That is the coupling; data cannot tell couplings apart, so it is a choice.

Rows are (N, K) probabilities, all positive; classes are (N,) int64; all floats are float64.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import pyro.distributions as dist
import torch
from pyro.distributions import TorchDistribution
from torch import Tensor

from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief


class Coupling(ABC):
    """The structural assignment v := f(row, u) of one categorical variable."""

    name: str

    @abstractmethod
    def prior(self, variable: Variable) -> TorchDistribution:
        """p(u) of one unit, as Pyro samples it."""

    @abstractmethod
    def draw(self, variable: Variable, count: int, generator: torch.Generator) -> Tensor:
        """u ~ p(u) for `count` units, from a generator of our own."""

    @abstractmethod
    def assign(self, variable: Variable, rows: Tensor, noise: Tensor) -> Tensor:
        """v := f(row, u): (N, K) probabilities and N noises to (N,) classes."""

    @abstractmethod
    def abduct(
        self, variable: Variable, rows: Tensor, observed: Tensor, generator: torch.Generator
    ) -> Tensor:
        """u ~ p(u | v = observed, row), exactly; `assign` gives `observed` back."""

    @abstractmethod
    def law(self, variable: Variable, rows: Tensor, observed: Tensor, changed: Tensor) -> Tensor:
        """p(v' | v = observed) of v' := f(changed, u), u ~ p(u | v = observed, row), exactly.

        Args:
            variable: that is assigned.
            rows: (N, K) under the factual parents.
            observed: (N,) the factual classes.
            changed: (N, K) rows under the counterfactual parents.

        Returns:
            (N, K) probabilities.
        """


class GumbelMax(Coupling):
    """v := argmax_k (log p_k + u_k) with u_k ~ Gumbel(0, 1); noise is (N, K).

    It knows no order of the classes: where a row has moved far, the class is drawn almost anew,
    and imagining is nearly doing.

    Source: Oberst and Sontag 2019 (arXiv:1905.05824), section 3.3; posterior by top-down
    sampling, Maddison, Tarlow and Minka 2014 (arXiv:1411.0030), section 3.
    """

    name = "gumbel"

    def prior(self, variable: Variable) -> TorchDistribution:
        zero = torch.zeros(variable.classes, dtype=torch.float64)
        return dist.Gumbel(zero, torch.ones_like(zero)).to_event(1)

    def draw(self, variable: Variable, count: int, generator: torch.Generator) -> Tensor:
        return -_exponential((count, variable.classes), generator).log()

    def assign(self, variable: Variable, rows: Tensor, noise: Tensor) -> Tensor:
        return (rows.log() + noise).argmax(dim=1)

    def abduct(
        self, variable: Variable, rows: Tensor, observed: Tensor, generator: torch.Generator
    ) -> Tensor:
        # In the race of exponentials E_k / p_k, Gumbels are -log of the times (Maddison et al.,
        # section 2): the winner's is E / Σp, and all others start when it arrives.
        first = _exponential((len(rows), 1), generator) / rows.sum(dim=1, keepdim=True)
        times = first + _exponential(tuple(rows.shape), generator) / rows
        times.scatter_(1, observed[:, None], first)
        return -(times * rows).log()  # g_k - log p_k

    def law(self, variable: Variable, rows: Tensor, observed: Tensor, changed: Tensor) -> Tensor:
        # The race again. A time of class i is now r_i = p_i / p'_i times as long, and the others
        # start when k arrived, at T ~ Exp(1). Once T is integrated out, j ≠ k wins at y T with
        # density p'_j / A(y)² for y from r_j to r_k, where A(y) = 1 + Σ_{i≠k} (p'_i y - p_i)₊.
        # Between the r_i, A is linear, and ∫ dy / A² = (b - a) / (A(a) A(b)).
        k = observed[:, None]
        ratio = rows / changed
        start, order = ratio.scatter(1, k, torch.inf).sort(dim=1)
        last = ratio.gather(1, k)
        start = torch.minimum(start, last)  # nobody wins after k
        stop = torch.cat([start[:, 1:], last], dim=1)
        slope = changed.scatter(1, k, 0).gather(1, order).cumsum(1)
        offset = 1 - rows.scatter(1, k, 0).gather(1, order).cumsum(1)
        each = (stop - start) / ((offset + slope * start) * (offset + slope * stop))
        tail = each.flip(1).cumsum(1).flip(1)
        law = changed * torch.empty_like(tail).scatter(1, order, tail)
        others = (changed * last - rows).clamp(min=0).scatter(1, k, 0).sum(1, keepdim=True)
        return law.scatter(1, k, 1 / (1 + others))


class Monotone(Coupling):
    """v := F⁻¹(u) with u ~ U(0, 1), the inverse CDF; noise is (N,).

    A circular variable has no lowest class: its ring is opened opposite the circular mean
    of each row, so that turning all rows turns the answer with them; where exactly is a
    convention, for which all classes count alike. A nominal variable is taken in the order
    of its class numbers, which means nothing.

    Source: Pearl 2009, section 9.2 (monotonicity); Devroye 1986, chapter II.2 (inversion).
    """

    name = "monotone"

    def prior(self, variable: Variable) -> TorchDistribution:
        zero = torch.zeros((), dtype=torch.float64)
        return dist.Uniform(zero, torch.ones_like(zero))

    def draw(self, variable: Variable, count: int, generator: torch.Generator) -> Tensor:
        return torch.rand(count, dtype=torch.float64, generator=generator)

    def assign(self, variable: Variable, rows: Tensor, noise: Tensor) -> Tensor:
        start = _start(variable, rows)
        rank = torch.searchsorted(_cdf(rows, start), noise[:, None], right=True).squeeze(1)
        return (rank.clamp(max=variable.classes - 1) + start) % variable.classes

    def abduct(
        self, variable: Variable, rows: Tensor, observed: Tensor, generator: torch.Generator
    ) -> Tensor:
        low, high = self._interval(variable, rows, observed)
        share = torch.rand(len(rows), dtype=torch.float64, generator=generator)
        return torch.minimum(low + (high - low) * share, high.nextafter(low))  # U(F(k-1), F(k))

    def law(self, variable: Variable, rows: Tensor, observed: Tensor, changed: Tensor) -> Tensor:
        # The share of the observed class's interval of noise that falls into each interval now:
        # where these end, counted from its lower end in its widths.
        before, start = _start(variable, rows), _start(variable, changed)
        rank = ((observed - before) % variable.classes)[:, None]
        low, error = (end.gather(1, rank) for end in _exact_cdf(rows, before))
        ends, errors = _exact_cdf(changed, start)
        width = rows.gather(1, observed[:, None]) / rows.sum(1, keepdim=True)
        place = (((ends - low) + (errors - error)) / width).clamp(0, 1)
        place[:, 0], place[:, -1] = 0, 1  # noise past a rounded sum is the last class
        rank = (torch.arange(variable.classes) - start[:, None]) % variable.classes
        return place.diff(dim=1).gather(1, rank)

    def _interval(
        self, variable: Variable, rows: Tensor, observed: Tensor
    ) -> tuple[Tensor, Tensor]:
        """(N,) F(k-1) and F(k): the noise of the observed class k lies between them."""
        start = _start(variable, rows)
        rank = ((observed - start) % variable.classes)[:, None]
        cdf = torch.nn.functional.pad(_cdf(rows, start), (1, 0))
        return cdf.gather(1, rank).squeeze(1), cdf.gather(1, rank + 1).squeeze(1)


COUPLINGS: dict[str, Coupling] = {"gumbel": GumbelMax(), "monotone": Monotone()}


def coupling_named(name: str) -> Coupling:
    """The coupling of that name.

    Raises:
        ValueError: no such coupling.
    """
    if not isinstance(name, str) or name not in COUPLINGS:
        raise ValueError(f"coupling={brief(name)} is unknown: it takes {' or '.join(COUPLINGS)}.")
    return COUPLINGS[name]


def _exponential(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    uniform = torch.rand(shape, dtype=torch.float64, generator=generator)
    return -uniform.clamp_min(torch.finfo(torch.float64).tiny).log()


def _start(variable: Variable, rows: Tensor) -> Tensor:
    """(N,) the class at which each row's cumulation begins."""
    if variable.kind != "circular":
        return torch.zeros(len(rows), dtype=torch.int64)
    angles = 2 * torch.pi * torch.arange(variable.classes, dtype=rows.dtype) / variable.classes
    east, north = rows @ angles.cos(), rows @ angles.sin()
    mean = torch.where(torch.hypot(east, north) > 1e-9, torch.atan2(north, east), 0.0)
    opposite = mean / (2 * torch.pi) * variable.classes + variable.classes / 2
    # a symmetric row has its antipode on a class or half way between two: not near this tie
    return torch.ceil(opposite - 0.25).long() % variable.classes


def _cdf(rows: Tensor, start: Tensor) -> Tensor:
    return _opened(rows, start).cumsum(dim=1)


def _opened(rows: Tensor, start: Tensor) -> Tensor:
    """(N, K) rows, each from its class `start` on."""
    order = (torch.arange(rows.shape[1]) + start[:, None]) % rows.shape[1]
    return rows.gather(1, order)


def _exact_cdf(rows: Tensor, start: Tensor) -> tuple[Tensor, Tensor]:
    """(N, K + 1) F from 0 to 1, and what its rounding left out: together twice as exact.

    A class of a thousandth of a millionth is 40 million times the rounding of 1, so that shares
    of it need more digits than F has. Source: Knuth 1997, volume 2, section 4.2.2, theorem B.
    """
    p = _opened(rows, start)
    ends = torch.nn.functional.pad(p.cumsum(dim=1), (1, 0))
    before, total = ends[:, :-1], ends[:, :-1] + p
    added = total - before
    lost = (before - (total - added)) + (p - added)  # before + p - total, exactly
    errors = torch.nn.functional.pad((total - ends[:, 1:] + lost).cumsum(dim=1), (1, 0))
    whole, rest = ends[:, -1:], errors[:, -1:]
    scale = ((1 - whole) - rest) / (whole + rest)  # rows add up to 1 but for their rounding
    return ends, errors + (ends + errors) * scale
