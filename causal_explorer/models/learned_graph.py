"""A causal graph over concepts, learned from zeros with its mechanisms.

    p(u_j | pa_j) = Σ_k w_k N(u_j; μ_k, σ_k),   w, μ, σ = g_j(A_j ∘ u, A_j)
    A_ij ~ Bernoulli(σ(a_ij)),   a = 0 at first: every edge is undecided

minimises  E_A[-Σ_j log p(u_j | pa_j)] + λ E|A| + α H + ρ/2 H²,  H = tr exp(σ(a)) - n,  by an
augmented Lagrangian. The networks are trained under random masks, so each can be scored under every
set of parents, and the expectation over A is exact. Mixtures fit any noise, so likelihood alone
says nothing of an edge's direction: the fewest edges that explain the labels do, up to Markov
equivalence. Where causes that are independent meet in an effect, as in the pendulum's shadow, no
other graph is equivalent. That takes faithfulness, which is in doubt where an effect is a function
of its causes without noise, as a shadow is: other sets of parents may then explain it as well, and
that the graph comes out right is found by experiment. Labels alone enter, no picture.

Sources: mask layer and H, Yang et al. 2021 (arXiv:2004.08697, equations 5 and 10); augmented
Lagrangian, Zheng et al. 2018 (arXiv:1803.01422); likelihood score, Ng et al. 2020
(arXiv:2006.10201).
"""

from __future__ import annotations

from itertools import product
from math import log, pi

import torch
from torch import Tensor, nn

_COMPONENTS = 5  # of each mixture
_HIDDEN = 48
_PENALTY = 0.25  # nats an edge: where it pays less, there is none
_EVERY = 10  # steps between two updates of the multipliers
_GROWTH, _STIFFEST = 1.05, 1e3  # of ρ
_WARMTH = 0.3  # weight of the edges' entropy at first, which keeps them undecided for a while
_UNDECIDED = 0.5  # share of the edges' run that the entropy counts in, less and less
_BLUR = 0.05  # noise of the labels while edges are undecided, standard deviations
_SHARPEN = 0.7  # share of the run from which that noise fades and the scores stay
_UNITS = 512  # labels of a step: they cost little beside a batch of pictures
_SCORED = 128  # of them, under every set of parents
_FLOOR = -5.5  # of log σ
_KEPT = 50  # moments of the run at which the edges are kept


class LearnedGraph(nn.Module):
    """Edges, mechanisms and what the augmented Lagrangian remembers.

    Attributes:
        logits: (n, n) a, row the cause and column the effect.
        history: (50, n, n) probabilities of the edges over the run.
    """

    history: Tensor
    _known: Tensor
    _masks: Tensor
    _scores: Tensor
    _multipliers: Tensor

    def __init__(self, concepts: int) -> None:
        """Starts with every edge undecided."""
        super().__init__()
        self.concepts = concepts
        self.logits = nn.Parameter(torch.zeros(concepts, concepts))
        self.mechanisms = nn.ModuleList(
            nn.Sequential(
                nn.Linear(2 * concepts, _HIDDEN),
                nn.SiLU(),
                nn.Linear(_HIDDEN, _HIDDEN),
                nn.SiLU(),
                nn.Linear(_HIDDEN, 3 * _COMPONENTS),
            )
            for _ in range(concepts)
        )
        masks = torch.tensor(list(product((0.0, 1.0), repeat=concepts)))  # (M, n)
        self.register_buffer("_masks", masks, persistent=False)
        self.register_buffer("_scores", torch.zeros(concepts, len(masks)))
        self.register_buffer("_multipliers", torch.tensor([0.0, 0.01]))  # α and ρ
        self.register_buffer("history", torch.zeros(_KEPT, concepts, concepts))
        self.register_buffer("_known", torch.zeros(0, concepts), persistent=False)
        self.progress, self._began = 1.0, 1.0

    @property
    def edges(self) -> Tensor:
        """(n, n) probability of each edge."""
        return self.logits.sigmoid() * (1 - torch.eye(self.concepts, device=self.logits.device))

    @property
    def adjacency(self) -> Tensor:
        """(n, n) of 0 and 1: the edges that are more likely than not."""
        return (self.edges > 0.5).to(self.logits.dtype)

    @property
    def cycles(self) -> Tensor:
        """H: 0 where the edges make no cycle."""
        return torch.trace(torch.matrix_exp(self.edges)) - self.concepts

    def log_prob(self, u: Tensor, masks: Tensor) -> Tensor:
        """(N, n) log p(u_j | the causes that (N, n, n) masks leave), row the effect."""
        each = []
        for j, network in enumerate(self.mechanisms):
            w, mean, log_sd = self._mixture(network, u, masks[:, j])
            z = (u[:, j, None] - mean) / log_sd.exp()
            each.append(torch.logsumexp(w - log_sd - 0.5 * z.square(), 1) - 0.5 * log(2 * pi))
        return torch.stack(each, dim=1)

    def mean(self, u: Tensor, j: int) -> Tensor:
        """(N,) g_j: the mean of concept j given its causes in (N, n) values, by `adjacency`."""
        mask = self.adjacency[:, j].expand(len(u), -1)
        w, mean, _ = self._mixture(self.mechanisms[j], u, mask)
        return (w.exp() * mean).sum(1)

    def know(self, u: Tensor) -> None:
        """Takes all (N, n) labels of the training split, of which each step then draws its own."""
        self._known = u

    def begin(self, progress: float, step: int) -> None:
        """Keeps the edges, and tightens the multipliers once they have begun to move."""
        self.progress = progress
        place = min(int(progress * _KEPT), _KEPT - 1)
        moved = bool((self.logits != 0).any())
        if not moved:
            self._began = progress
        with torch.no_grad():
            self.history[place:] = self.edges
            if step % _EVERY == 0 and moved:
                alpha, rho = self._multipliers.unbind()
                alpha += rho * self.cycles
                self._multipliers[1] = min(float(rho) * _GROWTH, _STIFFEST)

    def loss(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """Nats a unit: of the mechanisms under random masks, and of the edges.

        Args:
            u: (N, n) labels, scaled; in training others are drawn where `know` was told of all.
        """
        if self.training and len(self._known):
            u = self._known[torch.randint(len(self._known), (_UNITS,), device=u.device)]
        seen = u + self._blur() * torch.randn_like(u)
        masks = torch.randint(2, (len(u), self.concepts, self.concepts), device=u.device)
        near = torch.rand(len(u), 1, 1, device=u.device) < 0.5
        masks = torch.where(near, self.adjacency.T.expand(masks.shape), masks.to(u.dtype))
        diagonal = torch.eye(self.concepts, device=u.device)
        masks = masks * (1 - diagonal)
        fit = -self.log_prob(seen, masks).sum(1).mean()
        if self.training and self.progress <= _SHARPEN:
            self._rescore(seen[:_SCORED])
        return fit, self._objective()

    def _objective(self) -> Tensor:
        p = self.edges
        masks = self._masks
        weights = torch.where(masks[None] > 0, p.T[:, None], 1 - p.T[:, None]).prod(2)  # (n, M)
        cost = (weights * self._scores).sum() + _PENALTY * p.sum()
        alpha, rho = self._multipliers.unbind()
        left = (1 - self.progress) / max(1 - self._began, 1e-6)  # of the edges' run
        warmth = _WARMTH * max(0.0, 1 - (1 - left) / _UNDECIDED)
        q = p[torch.eye(self.concepts, device=p.device) == 0]
        entropy = -(torch.xlogy(q, q) + torch.xlogy(1 - q, 1 - q)).sum()
        return cost + alpha * self.cycles + 0.5 * rho * self.cycles.square() - warmth * entropy

    @torch.no_grad()
    def _rescore(self, u: Tensor) -> None:
        """Moves the scores of every set of parents towards what this batch says."""
        masks = self._masks
        tried = u.repeat(len(masks), 1)
        for_all = masks.repeat_interleave(len(u), 0)[:, None].expand(-1, self.concepts, -1)
        outside = 1 - torch.eye(self.concepts, device=u.device)
        nats = -self.log_prob(tried, for_all * outside).view(len(masks), len(u), -1).mean(1).T
        first = bool((self._scores == 0).all())
        self._scores.lerp_(nats, 1.0 if first else 0.02)

    def _blur(self) -> float:
        """Standard deviation of the labels' noise: it goes once the edges stand."""
        return _BLUR * min(1.0, max(0.05, (0.9 - self.progress) / (0.9 - _SHARPEN)))

    @staticmethod
    def _mixture(network: nn.Module, u: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Each (N, 5): log w, μ and log σ."""
        w, mean, log_sd = network(torch.cat([mask * u, mask], dim=1)).float().chunk(3, dim=1)
        return w.log_softmax(1), mean, log_sd.clamp(min=_FLOOR)
