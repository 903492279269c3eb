"""A β-Intact-VAE, asked: what a picture would have been under the other treatment.

    abduction   z ~ q(z | x, y, t)      with the factual t
    action      t := t'
    prediction  y' = E p(y | z, t')

Only the treatment can be set: the model knows the other variables as covariates, and no mechanism
of theirs. Source: Wu and Fukumizu 2022 (arXiv:2110.05225).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.distributions import kl_divergence

from causal_explorer.data import units
from causal_explorer.data.dataset import Dataset
from causal_explorer.data.sample import sample
from causal_explorer.inference import arguments
from causal_explorer.inference.contradiction import require_shown, require_told
from causal_explorer.inference.latents import ALONG
from causal_explorer.inference.opened import Opened, PictureAnswer, standard_error
from causal_explorer.inference.pictures import channels_last, parse_picture
from causal_explorer.models.intact_vae import IntactVAE
from causal_explorer.scm.actions import Set
from causal_explorer.scm.coupling import coupling_named
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable

_LARGEST = 10_000  # draws or units of one question


@dataclass(frozen=True)
class IntactExplorer(Opened):
    """Answers on rungs 2 and 3 about one treatment."""

    @property
    def model(self) -> IntactVAE:
        """The trained model."""
        return self.checkpoint.model

    @property
    def dataset(self) -> Dataset:
        """The data set with its story, where it has one."""
        return self.checkpoint.dataset

    @property
    def targets(self) -> tuple[Variable, ...]:
        """The treatment alone."""
        return self.dataset.variables[:1]

    def _lacks(self, request: str) -> str:
        unknown = request == "intervention" and self.dataset.scm is None
        return "nobody knows what else would change in a population of its data" if unknown else ""

    @torch.no_grad()
    def reconstruct(
        self, image: ArrayLike | None = None, factors: Mapping[str, float] | None = None
    ) -> np.ndarray:
        """(H, W, 3) floats: encoded with the factual treatment, and decoded with the same.

        Args:
            image: (H, W, 3) floats of 0 to 1 or uint8 that shows the factors; the renderer draws
                it if None.
            factors: values of all variables, which the encoder takes too, and of what is hidden
                where the picture is to be drawn; those that explain the image best if None.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        v, y, _ = self._unit(image, factors)
        return self._decoded(self.model.encode(v, y).mean, v[:, 0].float(), v)[0]

    @torch.no_grad()
    def traverse(
        self,
        latent: int,
        image: ArrayLike | None = None,
        values: Sequence[float] | None = None,
        factors: Mapping[str, float] | None = None,
    ) -> np.ndarray:
        """(K, H, W, 3) pictures along one latent, in standard deviations of its prior given x.

        Args:
            latent: its number, from 0.
            image: as `reconstruct` takes it.
            values: K numbers; nine from -2.4 to 2.4 if None.
            factors: as `reconstruct` takes them.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        place = arguments.parse_count(latent, "latent", 0, self.model.latents - 1)
        along = arguments.parse_values(ALONG if values is None else values)
        v, y, _ = self._unit(image, factors)
        prior = self.model.balanced_prior(v)
        z = self.model.encode(v, y).mean.repeat(len(along), 1)
        z[:, place] = prior.mean[0, place] + along * prior.stddev[0, place]
        many = v.expand(len(along), -1)
        return self._decoded(z, many[:, 0].float(), many)

    @torch.no_grad()
    def counterfactual(
        self,
        factors: Mapping[str, float] | None = None,
        do: Mapping[str, float] | None = None,
        image: ArrayLike | None = None,
        samples: int = 100,
        seed: int = 0,
    ) -> PictureAnswer:
        """Rung 3: this picture, had its treatment been another.

        Args:
            factors: values of all variables, and of what is hidden where the truth is wanted.
            do: the treatment and its class.
            image: (H, W, 3) that is encoded, and shows the factors; the renderer draws it if None.
            samples: draws of z, and of the variables' noise behind the truth, 1 to 10,000.
            seed: of the draws.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        t = arguments.parse_treatment(do, self.targets[0])
        count = arguments.parse_count(samples, "samples", 1, _LARGEST)
        generator = torch.Generator().manual_seed(arguments.parse_seed(seed))
        v, y, unit = self._unit(image, factors)
        q = self.model.encode(v, y)
        z = q.mean + q.stddev * torch.randn(count, self.model.latents, generator=generator)
        many = v.expand(count, -1)
        after, truth = self._truth(unit, t, count, generator)
        painted = self._decoded(z, torch.full((count,), float(t)), many)
        return PictureAnswer(
            original=channels_last(y)[0],
            reconstruction=self._decoded(z, many[:, 0].float(), many).mean(0),
            density=painted.mean(0),
            standard_error=standard_error(painted),
            truth=truth,
            factual=unit,
            counterfactual=after,
            read={},
            do={self.targets[0].name: float(t)},
        )

    @torch.no_grad()
    def intervention(
        self, do: Mapping[str, float], samples: int = 1000, seed: int = 0
    ) -> PictureAnswer:
        """Rung 2: held-out units, all of them given the treatment, averaged.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        t = arguments.parse_treatment(do, self.targets[0])
        count = arguments.parse_count(samples, "samples", 1, _LARGEST)
        start = arguments.parse_seed(seed)
        v, y, table = self._held_out(count, start)
        z = self.model.encode(v, y).mean
        changed = self._changed(v, t, torch.Generator().manual_seed(start)).numpy()
        painted = self._decoded(z, torch.full((count,), float(t)), v)
        names = [variable.name for variable in self.dataset.variables]
        truth = self.dataset.render(np.concatenate([changed, table[:, len(names) :]], axis=1))
        return PictureAnswer(
            original=channels_last(y).mean(0),
            reconstruction=self._decoded(z, v[:, 0].float(), v).mean(0),
            density=painted.mean(0),
            standard_error=standard_error(painted),
            truth=(truth / 255).mean(0),
            factual=dict(zip(names, v.double().mean(0).tolist(), strict=True)),
            counterfactual=dict(zip(names, changed.mean(0).tolist(), strict=True)),
            read={},
            do={self.targets[0].name: float(t)},
        )

    @torch.no_grad()
    def sweep(
        self,
        factors: Mapping[str, float],
        values: Sequence[float] = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0),
        image: ArrayLike | None = None,
    ) -> np.ndarray:
        """(K, H, W, 3) pictures under treatments that may lie between 0 and 1, and beyond.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        along = arguments.parse_values(values)
        v, y, _ = self._unit(image, factors)
        z = self.model.encode(v, y).mean.expand(len(along), -1)
        return self._decoded(z, along, v.expand(len(along), -1))

    @torch.no_grad()
    def latents(self, count: int = 1000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """(N, L) draws of z and (N,) treatments of held-out units.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        start = arguments.parse_seed(seed)
        v, y, _ = self._held_out(arguments.parse_count(count, "count", 1, _LARGEST), start)
        q = self.model.encode(v, y)
        noise = torch.randn(q.mean.shape, generator=torch.Generator().manual_seed(start))
        return (q.mean + q.stddev * noise).double().numpy(), v[:, 0].numpy()

    def _held_out(self, count: int, seed: int) -> tuple[Tensor, Tensor, np.ndarray]:
        """(N, V) classes, their pictures and (N, V + H) units of the test split."""
        table, y = sample(self.dataset, "test", count, seed, self.checkpoint.split_seed)
        classes = table[:, : len(self.dataset.variables)].astype(np.int64)
        return torch.from_numpy(classes), y, table

    def _unit(
        self, image: ArrayLike | None, factors: Mapping[str, float] | None
    ) -> tuple[Tensor, Tensor, dict[str, float]]:
        """(1, V) classes, the picture, and all values by name."""
        if factors is None and image is not None:
            y = parse_picture(image, self.dataset.shape)
            factors = self._explained(y)
            v = torch.tensor([list(factors.values())])
            self._require_shown(v, y, factors)
            return v, y, dict(factors)
        unit = units.complete(self.dataset, {} if factors is None else factors, drawn=image is None)
        v = torch.tensor([[int(unit[variable.name]) for variable in self.dataset.variables]])
        if image is None:
            drawn = units.draw(self.dataset, unit)
            return v, parse_picture(drawn, self.dataset.shape), unit
        y = parse_picture(image, self.dataset.shape)
        self._require_shown(v, y, unit)
        return v, y, unit

    def _require_shown(self, v: Tensor, y: Tensor, unit: Mapping[str, float]) -> None:
        """Refuses a picture of something else than its unit; the truth of a photograph is unknown.

        Without what is hidden nothing can be drawn: then it takes a picture that the model
        explains, by this treatment better than by another.
        """
        if self.dataset.scm is None:
            return
        image = channels_last(y)[0]
        if all(variable.name in unit for variable in self.dataset.hidden):
            require_shown(image, units.draw(self.dataset, unit))
            return
        t = torch.arange(self.targets[0].classes)
        each = torch.cat([t[:, None], v[:, 1:].expand(len(t), -1)], dim=1)
        z = self.model.encode(each, y.expand(len(t), -1, -1, -1)).mean
        require_told(int(v[0, 0]), image, self._decoded(z, t.float(), each))

    def _explained(self, y: Tensor) -> dict[str, int]:
        """The classes of highest log p(v) + ELBO, for a picture whose labels nobody told."""
        variables = self.dataset.variables
        if prod(variable.classes for variable in variables) > _LARGEST:
            raise ValueError("factors is None: there are too many to try them on the picture.")
        v = torch.cartesian_prod(*(torch.arange(variable.classes) for variable in variables))
        q = self.model.encode(v, y.expand(len(v), -1, -1, -1))
        apart = self.model.decode(q.mean, v[:, 0].float(), v) - y
        nats = 0.5 * apart.square().flatten(1).sum(1) * (-2 * self.model.log_sd).exp()
        law = self.dataset.scm() if self.dataset.scm else None
        told = law.log_prob(law.unstack(v)) if isinstance(law, SCM) else torch.zeros(())
        fit = told - nats - kl_divergence(q, self.model.balanced_prior(v))
        best = v[fit.argmax()].tolist()
        return {variable.name: value for variable, value in zip(variables, best, strict=True)}

    def _truth(
        self, unit: Mapping[str, float], t: int, draws: int, generator: torch.Generator
    ) -> tuple[dict[str, float], np.ndarray]:
        """Values after, averaged, and the averaged picture; NaN where they are not known."""
        names = [variable.name for variable in self.dataset.variables]
        if self.dataset.scm is None:
            unknown = np.full(self.dataset.shape, np.nan)
            return {name: float("nan") for name in names}, unknown
        v = torch.tensor([[int(unit[name]) for name in names]]).expand(draws, -1)
        after = self._changed(v, t, generator).numpy()
        means = dict(zip(names, after.mean(0).tolist(), strict=True))
        if any(variable.name not in unit for variable in self.dataset.hidden):
            return means, np.full(self.dataset.shape, np.nan)
        kinds, counts = np.unique(after, axis=0, return_counts=True)
        hidden = [unit[variable.name] for variable in self.dataset.hidden]
        drawn = self.dataset.render(np.array([[*kind, *hidden] for kind in kinds], float)) / 255
        picture = np.average(drawn, axis=0, weights=counts)
        return means, picture

    def _changed(self, v: Tensor, t: int, generator: torch.Generator) -> Tensor:
        """(N, V) classes of units after do(), their noise abducted."""
        law = self.dataset.scm() if self.dataset.scm else None
        if not isinstance(law, SCM):
            raise ValueError(f"{self.dataset.name} has no story: its truth is not known.")
        coupling = coupling_named(law.coupling)
        noise = law.abduct(law.unstack(v), coupling, generator)
        return law.stack(law.predict(noise, coupling, {self.targets[0].name: Set(t)}))

    def _decoded(self, z: Tensor, t: Tensor, v: Tensor) -> np.ndarray:
        return channels_last(self.model.decode(z, t, v))
