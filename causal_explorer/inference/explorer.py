"""The front door: a checkpoint and a story, asked questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike

from causal_explorer import checkpoint
from causal_explorer.checkpoint import Checkpoint
from causal_explorer.inference import query
from causal_explorer.inference.agreement import iou
from causal_explorer.inference.answer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.counterfactual import counterfactual
from causal_explorer.inference.rungs import population
from causal_explorer.inference.world import World
from causal_explorer.scm.coupling import coupling_named
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import story_named

_CONTRADICTION = 0.5  # IoU of image and the factors' picture under which they contradict


@dataclass(frozen=True)
class Explorer:
    """Answers on each rung; the same seed gives the same answer.

    Attributes:
        checkpoint: the trained image mechanism.
        story: the factors' mechanisms; swapped without retraining.
    """

    checkpoint: Checkpoint
    story: SCM

    @property
    def world(self) -> World:
        """What the checkpoint and the story make together."""
        return World(self.story, self.checkpoint.model, self.checkpoint.dataset)

    def with_story(self, name: str) -> Explorer:
        """The same image mechanism under another story.

        Raises:
            ValueError: unknown story.
        """
        return replace(self, story=story_named(name, self.checkpoint.dataset.variables))

    def counterfactual(
        self,
        factors: Mapping[str, object] | None = None,
        image: ArrayLike | None = None,
        do: Mapping[str, object] | None = None,
        samples: int = 1000,
        seed: int = 0,
        coupling: str = "gumbel",
    ) -> CounterfactualAnswer:
        """Rung 3: what this image would have looked like, had do() been so.

        Args:
            factors: the image's class of each factor, by number or label.
            image: (64, 64) of 0 and 1; left out, the renderer draws the factors.
            do: targets and their classes.
            samples: draws of the factors' noise, 1 to 100,000.
            seed: of all draws, 0 or above.
            coupling: "gumbel" or "monotone"; data cannot tell them apart.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        variables, dataset = self.story.variables, self.checkpoint.dataset
        evidence = query.parse_classes(factors, variables, "factors")
        targets = query.parse_classes(do, variables, "do")
        query.require_some(targets, "do")
        query.require_all(evidence, variables)
        row = np.array([[evidence[variable.name] for variable in variables]])
        drawn = dataset.render(row)[0]
        seen = drawn.astype(np.float32) if image is None else query.parse_image(image)
        _require_agreement(seen, drawn)
        return counterfactual(
            self.world,
            x=torch.from_numpy(seen),
            v=torch.from_numpy(row[0]),
            do=targets,
            coupling=coupling_named(coupling),
            samples=_samples(samples),
            generator=_generator(seed),
        )

    def intervention(
        self, do: Mapping[str, object], samples: int = 1000, seed: int = 0
    ) -> PopulationAnswer:
        """Rung 2: p(x | do), a population in which the targets were set.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        targets = query.parse_classes(do, self.story.variables, "do")
        query.require_some(targets, "do")
        return population(self.world, {}, targets, _samples(samples), _generator(seed))

    def condition(
        self, given: Mapping[str, object], samples: int = 1000, seed: int = 0
    ) -> PopulationAnswer:
        """Rung 1: p(x | given), the part of the population that is seen to be so.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        evidence = query.parse_classes(given, self.story.variables, "given")
        query.require_some(evidence, "given")
        return population(self.world, evidence, {}, _samples(samples), _generator(seed))


def load(name: str | Path, story: str = "default") -> Explorer:
    """Opens a checkpoint under a story.

    Args:
        name: a folder of checkpoints/ by name, or a path.
        story: "default" or "independent".

    Raises:
        ValueError: unknown or damaged checkpoint, unknown story.
    """
    opened = checkpoint.read(name)
    return Explorer(opened, story_named(story, opened.dataset.variables))


def _require_agreement(seen: np.ndarray, drawn: np.ndarray) -> None:
    """Refuses an image that shows something else than its factors say."""
    overlap = iou(seen, drawn)
    if not overlap >= _CONTRADICTION:
        raise ValueError(
            f"image and factors contradict each other: the image overlaps with the factors' "
            f"picture by {overlap:.2f} (intersection over union), below {_CONTRADICTION}."
        )


def _samples(value: object) -> int:
    return query.parse_count(value, "samples", 1, query.MAX_SAMPLES)


def _generator(seed: object) -> torch.Generator:
    return torch.Generator().manual_seed(query.parse_count(seed, "seed", 0, 2**63 - 1))
