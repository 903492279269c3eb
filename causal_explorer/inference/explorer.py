"""The front door: a checkpoint and a story, asked questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike

from causal_explorer import checkpoint
from causal_explorer.checkpoint import Checkpoint
from causal_explorer.inference import query
from causal_explorer.inference.answer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.counterfactual import Abducted, abduct, predict
from causal_explorer.inference.rungs import population
from causal_explorer.inference.world import World
from causal_explorer.scm.coupling import Coupling, coupling_named
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import story_named

_DRAWS_AT_ONCE = 40_000  # of the factors' noise, over all questions: bounds the memory
_ONE_CALL = Lock()
_UNITS_AT_ONCE = 64  # images whose noise is abducted, or questions answered, in one go
T = TypeVar("T")
U = TypeVar("U")


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
        question = {"factors": factors, "image": image, "do": do}
        return self.counterfactuals([question], samples, seed, coupling)[0]

    def counterfactuals(
        self,
        questions: Iterable[Mapping[str, object]],
        samples: int = 1000,
        seed: int = 0,
        coupling: str = "gumbel",
    ) -> list[CounterfactualAnswer]:
        """Many questions in one call, each answered as `counterfactual` answers it alone.

        Args:
            questions: the arguments `factors`, `image` and `do` of each.
            samples: of each question.
            seed: of each question.
            coupling: of all.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        asked = query.parse_questions(questions, self.checkpoint.dataset)
        way, count, start = coupling_named(coupling), _samples(samples), _seed(seed)

        def answer(batch: list[query.Question]) -> list[CounterfactualAnswer]:
            found = self._abduct(batch, way, count, start)
            dos = [(unit, question.do) for unit, question in enumerate(batch)]
            return predict(self.world, found, dos, way)

        batches = list(_batches(asked, count))
        if len(batches) <= 1:
            return [one for batch in batches for one in answer(batch)]
        return [one for found in _in_parallel(answer, batches) for one in found]

    def sweep(
        self,
        factor: str,
        factors: Mapping[str, object] | None = None,
        image: ArrayLike | None = None,
        do: Mapping[str, object] | None = None,
        samples: int = 1000,
        seed: int = 0,
        coupling: str = "gumbel",
    ) -> list[CounterfactualAnswer]:
        """The counterfactuals of do(factor = k) for each of its classes k, on the same noise.

        Args:
            factor: that is swept.
            factors: as in `counterfactual`.
            image: as in `counterfactual`.
            do: targets beside the swept one.
            samples: as in `counterfactual`.
            seed: as in `counterfactual`.
            coupling: as in `counterfactual`.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        variable = query.parse_factor(factor, self.story.variables)
        others = query.parse_classes(do, self.story.variables, "do")
        whole = {"factors": factors, "image": image, "do": others | {factor: 0}}
        asked = query.parse_questions([whole], self.checkpoint.dataset)
        way, count = coupling_named(coupling), _samples(samples)
        found = self._abduct(asked, way, count, _seed(seed))
        dos = [(0, asked[0].do | {factor: k}) for k in range(variable.classes)]
        return [
            answer
            for batch in _batches(dos, count)
            for answer in predict(self.world, found, batch, way)
        ]

    def intervention(
        self, do: Mapping[str, object], samples: int = 1000, seed: int = 0
    ) -> PopulationAnswer:
        """Rung 2: p(x | do), a population in which the targets were set.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        targets = query.parse_classes(do, self.story.variables, "do")
        query.require_some(targets, "do")
        return population(self.world, {}, targets, _samples(samples), _generator(_seed(seed)))

    def condition(
        self, given: Mapping[str, object], samples: int = 1000, seed: int = 0
    ) -> PopulationAnswer:
        """Rung 1: p(x | given), the part of the population that is seen to be so.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        evidence = query.parse_classes(given, self.story.variables, "given")
        query.require_some(evidence, "given")
        return population(self.world, evidence, {}, _samples(samples), _generator(_seed(seed)))

    def _abduct(
        self, asked: list[query.Question], coupling: Coupling, samples: int, seed: int
    ) -> Abducted:
        """The noise of the images that are asked about, each from the same seed."""
        x = torch.from_numpy(np.stack([question.x for question in asked]))
        return abduct(
            self.world,
            x=x.to(next(self.checkpoint.model.parameters()).device),
            v=torch.tensor([question.v for question in asked]),
            targets=[frozenset(question.do) for question in asked],
            coupling=coupling,
            samples=samples,
            generators=[_generator(seed) for _ in asked],
        )


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


def _in_parallel(work: Callable[[T], U], items: list[T]) -> list[U]:
    """A thread of torch's own for each item at a time: less waiting than threads in each step.

    One call at a time, because torch keeps one number of threads for the whole process.
    """
    with _ONE_CALL:
        threads = torch.get_num_threads()
        try:
            with ThreadPoolExecutor(threads, "", torch.set_num_threads, (1,)) as pool:
                return list(pool.map(work, items))
        finally:
            torch.set_num_threads(threads)


def _batches(items: list[T], samples: int) -> Iterator[list[T]]:
    """Pieces of a list, so small that their draws and pictures fit in little memory."""
    size = max(1, min(_DRAWS_AT_ONCE // samples, _UNITS_AT_ONCE))
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _samples(value: object) -> int:
    return query.parse_count(value, "samples", 1, query.MAX_SAMPLES)


def _seed(value: object) -> int:
    return query.parse_count(value, "seed", 0, 2**63 - 1)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
