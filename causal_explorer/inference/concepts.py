"""A CausalVAE, asked: abduction, action and prediction along the graph that it learned.

    abduction   z ~ q(z | x),  ε_j = z_j - g_j(A_j ∘ z)
    action      z_i := the value asked for
    prediction  z_j := g_j(A_j ∘ z) + ε_j, causes before effects; then the picture is decoded

Values are physical: any number within a concept's range, also one that no training picture has.
Source: Yang et al. 2021 (arXiv:2004.08697, section 3.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from causal_explorer.data import units
from causal_explorer.data.dataset import Dataset
from causal_explorer.data.sample import sample
from causal_explorer.inference import arguments
from causal_explorer.inference.contradiction import require_explained, require_shown
from causal_explorer.inference.latents import ALONG
from causal_explorer.inference.opened import Opened, PictureAnswer, standard_error
from causal_explorer.inference.pictures import channels_last, parse_picture
from causal_explorer.models.causal_vae import CausalVAE
from causal_explorer.scm.equations import Equations
from causal_explorer.wording import brief


@dataclass(frozen=True)
class ConceptExplorer(Opened):
    """Answers on rungs 2 and 3 about pictures whose concepts have a learned graph."""

    draws: ClassVar[bool] = False  # additive noise is abducted exactly

    @property
    def model(self) -> CausalVAE:
        """The trained model."""
        return self.checkpoint.model

    @property
    def dataset(self) -> Dataset:
        """The data set, whose laws are the truth."""
        return self.checkpoint.dataset

    def _lacks(self, request: str) -> str:
        if self.model.graph_only:
            return "it learned its graph alone, which no picture enters"
        if request not in ("intervention", "counterfactual"):
            return ""
        if not self.model.supervised:
            return "no label names its concepts, and it learned no graph of them"
        acyclic = nx.is_directed_acyclic_graph(self.graph)
        return "" if acyclic else "the graph that it learned has a cycle"

    @property
    def latent_names(self) -> tuple[str, ...]:
        """The concepts, as people call them; without labels there are none."""
        named = self.model.supervised
        return tuple(variable.title for variable in self.dataset.variables) if named else ()

    @property
    def graph(self) -> nx.DiGraph:
        """The learned graph, concepts by name."""
        names = [variable.name for variable in self.dataset.variables]
        edges = self.model.graph.adjacency.nonzero().tolist()
        found = nx.DiGraph()
        found.add_nodes_from(names)
        found.add_edges_from((names[i], names[j]) for i, j in edges)
        return found

    @property
    def strengths(self) -> np.ndarray:
        """(V, V) probability of each edge, row the cause and column the effect."""
        return self.model.graph.edges.detach().double().numpy()

    @torch.no_grad()
    def read(self, image: ArrayLike) -> dict[str, float]:
        """The mean of q(z | x) in physical units, by concept, whatever the picture shows.

        Raises:
            ValueError: not a picture of the data set's shape.
        """
        return self._physical(self.model.encode(self._picture(image)).mean)

    @torch.no_grad()
    def reconstruct(self, image: ArrayLike) -> np.ndarray:
        """(H, W, 3) floats: the picture decoded from the mean of q(z | x).

        Raises:
            ValueError: not a picture of the data set's shape, or one that nothing explains.
        """
        return self._drawn(self._explained(self._picture(image)))

    @torch.no_grad()
    def traverse(
        self, latent: int, image: ArrayLike, values: Sequence[float] | None = None
    ) -> np.ndarray:
        """(K, H, W, 3) pictures in which one concept moves and no other answers.

        Args:
            latent: number of the concept.
            image: that the others are read from.
            values: standard deviations from the concept's mean; -2.4 to 2.4 if None.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        place = arguments.parse_count(latent, "latent", 0, self.model.latents - 1)
        along = arguments.parse_values(ALONG if values is None else values)
        z = self._explained(self._picture(image)).repeat(len(along), 1)
        z[:, place] = along
        return channels_last(self.model.decode(z))

    def counterfactual(
        self,
        factors: Mapping[str, float] | None = None,
        do: Mapping[str, float] | None = None,
        image: ArrayLike | None = None,
        samples: int = 1000,
        seed: int = 0,
    ) -> PictureAnswer:
        """Rung 3: what this picture would have looked like, had do() been so.

        Args:
            factors: true values of the unit, the roots at least; the truth is drawn from them.
            do: concepts with their physical values.
            image: (H, W, 3) that is encoded, and shows the unit; the renderer draws it if None.
            samples: not needed, since all mechanisms are inverted exactly; checked all the same.
            seed: likewise.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        arguments.parse_count(samples, "samples", 1, arguments.MAX_SAMPLES)
        arguments.parse_seed(seed)
        unit = units.complete(self.dataset, {} if factors is None else factors)
        asked = self._targets(do)
        drawn = units.draw(self.dataset, unit)
        x = self._picture(drawn if image is None else image)
        require_shown(channels_last(x)[0], drawn)
        with torch.no_grad():
            z = self.model.encode(x).mean
            z_cf = self._predict(z, self._scaled(asked))
            density, reconstruction = self._drawn(z_cf), self._drawn(z)
        after = self._true(unit, asked)
        return PictureAnswer(
            original=channels_last(x)[0],
            reconstruction=reconstruction,
            density=density,
            standard_error=np.zeros_like(density),
            truth=units.draw(self.dataset, after),
            factual=unit,
            counterfactual=after,
            read=self._physical(z_cf),
            do=asked,
        )

    def intervention(
        self, do: Mapping[str, float], samples: int = 1000, seed: int = 0
    ) -> PictureAnswer:
        """Rung 2: a population of test pictures in which concepts were set, averaged.

        Args:
            do: concepts with their physical values.
            samples: units of the test split, 1 to 1,000.
            seed: of which units.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        asked = self._targets(do)
        count = arguments.parse_count(samples, "samples", 1, 1_000)
        table, x = sample(self.dataset, "test", count, arguments.parse_seed(seed))
        with torch.no_grad():
            z = self.model.encode(x).mean
            z_cf = self._predict(z, self._scaled(asked))
            before, after = self.model.decode(z), self.model.decode(z_cf)
        law = self._law()
        names = [variable.name for variable in self.dataset.variables]
        values = dict(zip(names, table.T, strict=True))
        changed = law.predict(law.abduct(values), asked)
        truth = self.dataset.render(np.stack([changed[name] for name in names], axis=1))
        return PictureAnswer(
            original=channels_last(x).mean(0),
            reconstruction=channels_last(before).mean(0),
            density=channels_last(after).mean(0),
            standard_error=standard_error(channels_last(after)),
            truth=(truth / 255).mean(0),
            factual={name: float(column.mean()) for name, column in values.items()},
            counterfactual={name: float(changed[name].mean()) for name in names},
            read=self._physical(z_cf.mean(0, keepdim=True)),
            do=asked,
        )

    def _predict(self, z: Tensor, do: Mapping[int, float]) -> Tensor:
        """(N, V): the noise of each concept kept, its assignment replaced or followed."""
        graph = self.model.graph
        noise = {j: z[:, j] - graph.mean(z, j) for j in range(z.shape[1])}
        changed = z.clone()
        for j in self._order():
            changed[:, j] = do[j] if j in do else graph.mean(changed, j) + noise[j]
        return changed

    def _order(self) -> list[int]:
        """Concepts by number, causes before effects.

        Raises:
            ValueError: the learned graph has a cycle.
        """
        names = [variable.name for variable in self.dataset.variables]
        if not nx.is_directed_acyclic_graph(self.graph):
            raise ValueError("The learned graph has a cycle: nothing can be predicted along it.")
        return [names.index(name) for name in nx.topological_sort(self.graph)]

    def _targets(self, do: Mapping[str, float] | None) -> dict[str, float]:
        known = {variable.name: variable for variable in self.dataset.variables}
        if not isinstance(do, Mapping) or not do:
            raise ValueError(f"do is {brief(do)}: it takes values of {', '.join(known)}.")
        for name in do:
            if name not in known:
                raise ValueError(
                    f"do names the unknown concept {brief(name)}: it takes {', '.join(known)}."
                )
        return {name: known[name].parse(value) for name, value in do.items()}

    def _true(self, unit: Mapping[str, float], do: Mapping[str, float]) -> dict[str, float]:
        """The unit under do() by the laws of the data set."""
        law = self._law()
        noise = law.abduct({name: np.array([value]) for name, value in unit.items()})
        return {name: float(value[0]) for name, value in law.predict(noise, do).items()}

    def _law(self) -> Equations:
        law = self.dataset.scm() if self.dataset.scm else None
        if not isinstance(law, Equations):
            raise ValueError(f"{self.dataset.name} has no equations: its truth is not known.")
        return law

    def _scaled(self, do: Mapping[str, float]) -> dict[int, float]:
        """Targets by number, in the model's units."""
        names = [variable.name for variable in self.dataset.variables]
        centre, scale = self.model.centre.tolist(), self.model.scale.tolist()
        places = {names.index(name): value for name, value in do.items()}
        return {j: (value - centre[j]) / scale[j] for j, value in places.items()}

    def _physical(self, z: Tensor) -> dict[str, float]:
        values = (z * self.model.scale + self.model.centre)[0].tolist()
        return {v.name: value for v, value in zip(self.dataset.variables, values, strict=True)}

    def _explained(self, x: Tensor) -> Tensor:
        """(1, V) the mean of q(z | x), where it explains the picture."""
        z = self.model.encode(x).mean
        require_explained(channels_last(x)[0], self._drawn(z))
        return z

    def _drawn(self, z: Tensor) -> np.ndarray:
        return channels_last(self.model.decode(z))[0]

    def _picture(self, image: ArrayLike) -> Tensor:
        """(1, C, H, W) float32 of a picture in floats of [0, 1] or uint8."""
        return parse_picture(image, self.dataset.shape)
