"""What a treatment changes, told by a CEVAE: effects of units and of a population.

    ITE(x) = E[y | x, do(t = 1)] - E[y | x, do(t = 0)],      ATE = E[ITE(x)]

These are of the second rung. z is inferred from what stood before the treatment, so the answer is
the mean of all units that look alike; the outcome's own noise is never abducted, and a
counterfactual of one unit is refused.

Source: Louizos et al. 2017 (arXiv:1705.08821).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.pictures import DrawnPictures, as_floats
from causal_explorer.inference import arguments
from causal_explorer.inference.adjustment import Adjusted, difference_of_means, ridge
from causal_explorer.inference.effect import Effect
from causal_explorer.inference.opened import Opened, PictureAnswer
from causal_explorer.inference.pictures import parse_pictures
from causal_explorer.inference.treated import Truth, at, means
from causal_explorer.models.alone import alone
from causal_explorer.scm.variables import Variable

_FAR = 1.25  # times the longest vector of proxies in training; noise, black and white lie beyond
_LARGEST = 100_000  # units of one question


@dataclass(frozen=True)
class TreatmentExplorer(Opened):
    """A CEVAE with its data set: effects, and populations in which the treatment was set."""

    @property
    def targets(self) -> tuple[Variable, ...]:
        """The treatment alone."""
        return self.checkpoint.dataset.variables[:1]

    @cached_property
    def pictures(self) -> DrawnPictures:
        """The units of the data set."""
        found: Any = self.checkpoint.dataset.open(torch.device("cpu"))
        return found

    @cached_property
    def units(self) -> np.ndarray:
        """(M,) rows of the units that no training saw."""
        return self.pictures.rows("test", self.checkpoint.split_seed)

    def effect(
        self,
        image: np.ndarray | None = None,
        units: int = 500,
        samples: int = 100,
        seed: int = 0,
        factors: Mapping[str, float] | None = None,
    ) -> Effect:
        """Individual and average treatment effects.

        Args:
            image: (*shape) or (N, *shape), own pictures as the data set has them; of a picture,
                only what was there before the treatment is read. None for units of the data set.
            units: how many of the held-out units, from the first; all where there are fewer.
            samples: draws of z a unit.
            seed: of the draws.
            factors: one unit instead, by the values that a person sets of it, hidden ones too.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        draws = arguments.parse_count(samples, "samples", 1, 10_000)
        start = arguments.parse_seed(seed)
        first = arguments.parse_count(units, "units", 1, _LARGEST)
        rows, truth = np.zeros(0, np.int64), None
        if image is not None:
            if factors is not None:
                raise ValueError("An effect is of own pictures or of one unit: give one of them.")
            x = as_floats(torch.from_numpy(parse_pictures(image, self.checkpoint.dataset.shape)))
            self._require_seen(x)
        elif factors is not None:
            table = self._truth.unit(factors)
            x, truth = self._truth.seen(table), self._truth.expected(table)
        else:
            rows = self.units[:first]
            x, truth = (
                self.pictures(torch.from_numpy(rows))[1],
                self._truth.expected(self._table(rows)),
            )
        with alone(start):
            outcomes = self.checkpoint.model.outcomes(x, draws).double().numpy()
        adjusted, seen = self._adjusted, self._features(x)
        return Effect(rows, outcomes, truth, self._naive, adjusted(seen, 1) - adjusted(seen, 0))

    def intervention(
        self,
        do: Mapping[str, object],
        samples: int = 1000,
        seed: int = 0,
        factors: Mapping[str, float] | None = None,
    ) -> PictureAnswer:
        """Held-out units as they would be had all of them been given a treatment.

        For each, the model explains what was there before, z ~ q(z | x), and draws the outcome,
        y ~ p(y | t, z), under do(t); the renderer draws the unit at that outcome. The truth is
        its known outcome y(t). `original` and `reconstruction` are the same units without do(),
        where the model draws t ~ p(t | z) too.

        Args:
            do: {"t": 0} or {"t": 1}, or the treatment's label.
            samples: units, drawn from the held-out ones with replacement; of one unit, draws.
            seed: of the draws.
            factors: one unit, by the values that a person sets of it, hidden ones too: then the
                answer is of all units that look like this one, and the truth is this one's own.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        t = arguments.parse_treatment(do, self.targets[0])
        count = arguments.parse_count(samples, "samples", 1, _LARGEST)
        start = arguments.parse_seed(seed)
        if factors is None:
            table = self._table(np.random.default_rng(start).choice(self.units, count))
        else:
            table = self._truth.unit(factors)
        with alone(start), torch.no_grad():
            before, after = self._draw(self._truth.seen(table), t, count)
        drawn = np.repeat(table, count // len(table), axis=0)
        truth = at(table, np.full(len(table), t), self._truth.outcome(table, t))
        return PictureAnswer(
            self._truth.mean_picture(table),
            self._truth.mean_picture(at(drawn, *before)),
            self._truth.mean_picture(at(drawn, *after)),
            self._truth.mean_picture(truth),
            means(table[:, 0], table[:, 1]),
            means(truth[:, 0], truth[:, 1]),
            means(*after),
            {self.targets[0].name: float(t)},
            standard_error=self._truth.error_picture(at(drawn, *after)),
        )

    def proxies(self, units: np.ndarray) -> np.ndarray:
        """(N, D) whitened proxies of units."""
        return self._features(self.pictures(torch.from_numpy(units))[1])

    @cached_property
    def _truth(self) -> Truth:
        return Truth(self.checkpoint.dataset)

    @cached_property
    def trained(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(M, D) proxies, (M,) treatments and (M,) outcomes of the training split."""
        rows = self.pictures.rows("train", self.checkpoint.split_seed)
        lots = [(v, self._features(x)) for v, x in self.pictures.batches(rows, 4_096)]
        v = torch.cat([each for each, _ in lots]).double().numpy()
        return np.concatenate([each for _, each in lots]), v[:, 0], v[:, 1]

    @cached_property
    def _naive(self) -> float:
        _, t, y = self.trained
        return difference_of_means(t, y)

    @cached_property
    def _adjusted(self) -> Adjusted:
        return ridge(*self.trained)

    def _require_seen(self, x: Tensor) -> None:
        """Refuses pictures whose proxies lie farther out than any that the model learned from."""
        most = _FAR * float(np.linalg.norm(self.trained[0], axis=1).max())
        longest = float(np.linalg.norm(self._features(x), axis=1).max())
        if not longest <= most:
            raise ValueError(
                f"image shows no {self.checkpoint.dataset.noun} that the model knows: its whitened "
                f"proxies have length {longest:.1f}, above {most:.1f}. Colours are uint8 up to "
                "255, or floats up to 1."
            )

    def _features(self, x: Tensor) -> np.ndarray:
        return self.checkpoint.model.features(x).double().numpy()

    def _draw(self, x: Tensor, t: int, count: int) -> tuple[Any, Any]:
        """(count,) treatments and outcomes of (N, …) pictures, without do() and with it."""
        model = self.checkpoint.model
        z = model.explain(model.features(x).repeat_interleave(count // len(x), 0))
        own = model.pyro.model.t_dist(z).sample()
        drawn = []
        for given in (own, torch.full_like(own, t)):
            y = model.outcome_law(z, given).sample() * model.outcome_scale + model.outcome_loc
            drawn.append((given.double().numpy(), y.double().numpy()))
        return drawn[0], drawn[1]

    def _table(self, rows: np.ndarray) -> np.ndarray:
        """(N, 2 + H) units, hidden columns included."""
        return np.column_stack([self.pictures.v[rows].double().numpy(), self.pictures.hidden[rows]])
