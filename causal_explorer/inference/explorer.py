"""The front door: a checkpoint and a story, asked questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike

from causal_explorer import checkpoint
from causal_explorer.checkpoint import Checkpoint
from causal_explorer.inference import arguments, doubt, pictures, query
from causal_explorer.inference.agreement import iou
from causal_explorer.inference.answer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.batches import batches, in_parallel
from causal_explorer.inference.counterfactual import Abducted, abduct, predict
from causal_explorer.inference.opened import Opened
from causal_explorer.inference.posterior import Posterior, certain
from causal_explorer.inference.recognition import explain
from causal_explorer.inference.rungs import condition, forget, imagine, intervention
from causal_explorer.inference.steps import MAX_SHOWN, Steps, abducted_steps, imagined_steps
from causal_explorer.inference.svi import (
    SVISettings,
    Watch,
    check_settings,
    require_relaxed,
    svi_answer,
)
from causal_explorer.inference.traversal import Traversal, traverse
from causal_explorer.inference.world import World
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.recogniser import Recogniser
from causal_explorer.scm.actions import Action, Set, Shift
from causal_explorer.scm.coupling import Coupling, coupling_named
from causal_explorer.scm.law import counterfactual_law, population_law
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import read_story, story_named
from causal_explorer.scm.story import Story
from causal_explorer.wording import brief

_ABDUCTIONS = ("exact", "prior", "svi")
_RECOGNISER = "recogniser"  # the checkpoint that proposes what an image shows


@dataclass(frozen=True)
class Explorer(Opened):
    """Answers on each rung; the same seed gives the same answer.

    Attributes:
        checkpoint: the trained image mechanism.
        story: the factors' mechanisms, given and not learned; swapped as `scm.stories` says.
        recogniser: proposes what an image shows, where nothing bounds the search; None where it
            is bounded, or none is shipped for the data set.
        doubts: (K_1, …, K_V) nats, what bounds the search for what an image shows; None where
            they were not measured for these weights.
    """

    checkpoint: Checkpoint[ImageMechanism]
    story: SCM
    recogniser: Recogniser | None = field(default=None, repr=False)
    doubts: np.ndarray | None = field(default=None, repr=False, compare=False)

    @property
    def world(self) -> World:
        """What the checkpoint and the story make together."""
        return World(self.story, self.checkpoint.model, self.checkpoint.dataset)

    def with_story(self, story: str | Path | Story) -> Explorer:
        """The same image mechanism under another story.

        Args:
            story: a story by name, a TOML file, or one that was edited.

        Raises:
            ValueError: unknown story, or one that does not fit the data set.
        """
        told = story if isinstance(story, Story) else read_story(story)
        return replace(self, story=told.build(self.checkpoint.dataset.variables))

    def counterfactual(
        self,
        factors: Mapping[str, object] | None = None,
        image: ArrayLike | None = None,
        do: Mapping[str, object] | None = None,
        samples: int = 1000,
        seed: int = 0,
        coupling: str | None = None,
        abduction: str = "exact",
        svi: SVISettings | None = None,
        watch: Watch | None = None,
    ) -> CounterfactualAnswer:
        """Rung 3: what this image would have looked like, had do() been so.

        Args:
            factors: classes of the factors that are known, by number or label. Those that are
                not are inferred: from the image, or from the story alone. What no label names,
                a style, may be told too: the truth then keeps it, and the model never hears of
                it. Without an image it is the first class where it is not told; the truth of an
                image whose style nobody told is NaN.
            image: (64, 64) of 0 and 1; left out, the renderer draws the factors if all are known.
            do: targets with their classes, or with a `Shift` or `Replace` of their mechanism.
            samples: draws of the factors' noise, 1 to 100,000.
            seed: of all draws, 0 or above.
            coupling: "gumbel" or "monotone", the story's if None; data cannot tell them apart.
            abduction: "exact"; or "prior", which abducts the factors' noise alone and draws z
                and the pixels' noise afresh, so that the image's style is lost; or "svi" for
                mean-field SVI as in the class project that this began with, of an image whose
                factors are all known, then an `SVIAnswer`.
            svi: its steps and learning rate.
            watch: called after each of its steps, with the step and its loss.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        question = {"factors": factors, "image": image, "do": do}
        if not isinstance(abduction, str) or abduction not in _ABDUCTIONS:
            known = ", ".join(_ABDUCTIONS)
            raise ValueError(f"abduction={brief(abduction)} is unknown: it takes one of {known}.")
        optimisation = check_settings(svi, watch)
        if abduction in ("exact", "prior"):
            exact = self.counterfactuals([question], samples, seed, coupling)[0]
            return exact if abduction == "exact" else forget(self.world, exact, _generator(seed))
        asked = self._question(factors, image, do)
        model = require_relaxed(self.checkpoint.model, asked.do)
        rule = "abduction='svi' takes all of them"
        arguments.require_all(asked.given, self.story.variables, rule)
        exact = self.counterfactuals([question], samples, seed, coupling)[0]
        return svi_answer(model, exact, optimisation, arguments.parse_seed(seed), watch)

    def counterfactuals(
        self,
        questions: Iterable[Mapping[str, object]],
        samples: int = 1000,
        seed: int = 0,
        coupling: str | None = None,
    ) -> list[CounterfactualAnswer]:
        """Many questions in one call, answered as alone up to float rounding.

        Args:
            questions: the arguments `factors`, `image` and `do` of each.
            samples: of each question.
            seed: of each question.
            coupling: of all.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        asked = query.parse_questions(questions, self.checkpoint.dataset, self.story)
        way, count, start = self._drawing(coupling, samples, seed)

        def answer(batch: list[query.Question]) -> list[CounterfactualAnswer]:
            found = self._abduct(batch, way, count, start)
            return predict(self.world, found, [(i, q.do) for i, q in enumerate(batch)], way)

        pictured = [question for question in asked if question.x is not None]
        parts = list(batches(pictured, count))
        answers = in_parallel(answer, parts) if len(parts) > 1 else map(answer, parts)
        with_image = iter([one for found in answers for one in found])
        return [
            next(with_image)
            if question.x is not None
            else imagine(self.world, question.given, question.do, way, count, _generator(start))
            for question in asked
        ]

    def sweep(
        self,
        factor: str,
        factors: Mapping[str, object] | None = None,
        image: ArrayLike | None = None,
        do: Mapping[str, object] | None = None,
        samples: int = 1000,
        seed: int = 0,
        coupling: str | None = None,
    ) -> list[CounterfactualAnswer]:
        """The counterfactuals of do(factor = k) for each of its classes k, on the same noise.

        Each is what `counterfactual` answers alone, up to float rounding.

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
        variable = arguments.parse_factor(factor, self.story.variables)
        others = self._actions(do)
        swept = others | {factor: Set(0)}
        asked = self._question(factors, image, swept)
        way, count, start = self._drawing(coupling, samples, seed)
        dos = [asked.do | {factor: Set(k)} for k in range(variable.classes)]
        if asked.x is None:
            return [
                imagine(self.world, asked.given, one, way, count, _generator(start)) for one in dos
            ]
        found = self._abduct([asked], way, count, start)
        return [
            answer
            for batch in batches([(0, one) for one in dos], count)
            for answer in predict(self.world, found, batch, way)
        ]

    def reconstruct(
        self, image: ArrayLike, factors: Mapping[str, object] | None = None, seed: int = 0
    ) -> np.ndarray:
        """The model's picture of an image: E p(x = 1 | v, z) over what is abducted from it.

        Args:
            image: (64, 64) of 0 and 1.
            factors: classes of those that are known; the others are inferred.
            seed: of the draws.

        Returns:
            (64, 64) float64 in [0, 1].

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        nothing = {self.story.variables[0].name: Shift(0)}
        return self.counterfactual(factors, image, nothing, seed=seed).reconstruction

    def traverse(
        self,
        factor: str,
        factors: Mapping[str, object] | None = None,
        seed: int = 0,
        samples: int = 1000,
    ) -> Traversal:
        """The truth and the reconstruction under each class of a factor, all others held fixed.

        No intervention: under do(factor = k), as `sweep` asks it, the factor's descendants answer.

        Args:
            factor: that is traversed.
            factors: classes of the others, by number or label; one of its own is not looked at.
                What no label names may be told too; it is the first class where it is not.
            seed: of the draws of z, where pictures read it; the same for each picture.
            samples: as in `counterfactual`, whose reconstruction rests on as many draws of z.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        variable = arguments.parse_factor(factor, self.story.variables)
        given, hidden = query.parse_evidence(factors, self.checkpoint.dataset, self.story)
        others = tuple(other for other in self.story.variables if other is not variable)
        arguments.require_all(given, others, f"a traversal of {factor} takes all others")
        return traverse(self.world, variable, given, _generator(seed), hidden, _samples(samples))

    def steps(
        self,
        factors: Mapping[str, object] | None = None,
        image: ArrayLike | None = None,
        do: Mapping[str, object] | None = None,
        samples: int = 1000,
        seed: int = 0,
        coupling: str | None = None,
        shown: int = 100,
    ) -> Steps:
        """Rung 3 step by step: the answer of `counterfactual`, and what its first draws went by.

        Args:
            factors: as in `counterfactual`.
            image: as in `counterfactual`; where there is none, no pixel's noise is abducted.
            do: as in `counterfactual`.
            samples: as in `counterfactual`.
            seed: as in `counterfactual`.
            coupling: as in `counterfactual`.
            shown: draws to follow, 1 to 1,000; all where there are fewer.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        asked = self._question(factors, image, do)
        way, count, start = self._drawing(coupling, samples, seed)
        first = min(arguments.parse_count(shown, "shown", 1, MAX_SHOWN), count)
        if asked.x is None:
            return imagined_steps(self.world, asked.given, asked.do, way, count, first, start)
        query.require_told(asked, self.checkpoint.dataset)
        found = self._abduct([asked], way, count, start)
        return abducted_steps(self.world, found, asked.do, way, first, start)

    def intervention(
        self, do: Mapping[str, object], samples: int = 1000, seed: int = 0
    ) -> PopulationAnswer:
        """Rung 2: p(x | do), a population in which the targets were set.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        targets = query.parse_do(do, self.story)
        return intervention(self.world, targets, _samples(samples), _generator(seed))

    def condition(
        self, given: Mapping[str, object], samples: int = 1000, seed: int = 0
    ) -> PopulationAnswer:
        """Rung 1: p(x | given), the part of the population that is seen to be so.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        evidence = arguments.parse_classes(given, self.story.variables, "given")
        arguments.require_some(evidence, "given")
        return condition(self.world, evidence, _samples(samples), _generator(seed))

    def law(
        self,
        given: Mapping[str, object] | None = None,
        do: Mapping[str, object] | None = None,
        coupling: str | None = None,
    ) -> dict[str, np.ndarray]:
        """The exact law of each factor, by enumeration.

        Args:
            given: factors that are seen: rung 1 where nothing is done.
            do: targets and their classes or actions: rung 2 where nothing is seen.
            coupling: with both, rung 3: under which the seen factors' noise is abducted.

        Returns:
            (K,) float64 probabilities of each factor.

        Raises:
            TooLargeError: a law that is too large to enumerate.
            ValueError: in one sentence, what was given and what is allowed.
        """
        seen = arguments.parse_classes(given, self.story.variables, "given")
        done = self._actions(do)
        arguments.require_some(seen | done, "given and do")
        if not (seen and done):
            found = population_law(self.story, seen, done)
        else:
            found = counterfactual_law(self.story, self._coupling(coupling), seen, done)
        return {name: law.numpy() for name, law in found.items()}

    def explain(
        self, image: ArrayLike, factors: Mapping[str, object] | None = None, seed: int = 0
    ) -> Posterior:
        """p(v | image, factors): which factors the image shows, and how sure that is.

        Nothing is refused for fitting badly: `none` says how probable it is that the image shows
        no sprite at all.

        Args:
            image: (64, 64) of 0 and 1.
            factors: classes of those that are known.
            seed: of the draws of z, where pictures read it.

        Raises:
            ValueError: in one sentence, what was given and what is allowed.
        """
        given = arguments.parse_classes(factors, self.story.variables, "factors")
        return self._explain(pictures.parse_image(image), given, _generator(seed))

    def _actions(self, do: Mapping[str, object] | None) -> dict[str, Action]:
        """What is done, where nothing need be."""
        nothing = do is None or (isinstance(do, Mapping) and not do)
        return {} if nothing else query.parse_do(do, self.story)

    def _question(
        self, factors: Mapping[str, object] | None, image: ArrayLike | None, do: object
    ) -> query.Question:
        """One question, checked."""
        whole = {"factors": factors, "image": image, "do": do}
        return query.parse_questions([whole], self.checkpoint.dataset, self.story)[0]

    def _coupling(self, name: str | None) -> Coupling:
        return coupling_named(self.story.coupling if name is None else name)

    def _drawing(
        self, coupling: str | None, samples: object, seed: object
    ) -> tuple[Coupling, int, int]:
        """How noise is drawn: its coupling, how often, and from which seed."""
        return self._coupling(coupling), _samples(samples), arguments.parse_seed(seed)

    def _explain(
        self, x: np.ndarray, given: Mapping[str, int], generator: torch.Generator
    ) -> Posterior:
        shown = torch.from_numpy(x)
        return explain(self.world, shown, given, generator, self.recogniser, self.doubts)

    def _abduct(
        self, asked: list[query.Question], coupling: Coupling, samples: int, seed: int
    ) -> Abducted:
        """The noise of the images that are asked about, each from the same seed."""
        images = [question.x for question in asked if question.x is not None]
        generators = [_generator(seed) for _ in asked]
        posteriors = [
            self._posterior(question, x, generator)
            for question, x, generator in zip(asked, images, generators, strict=True)
        ]
        # what no noise of the world put into a picture is no part of it
        disturbed = [posterior.disturbed for posterior in posteriors]
        return abduct(
            self.world,
            x=torch.from_numpy(np.stack(images)).to(self.world.device),
            posteriors=posteriors,
            dos=[question.do for question in asked],
            coupling=coupling,
            samples=samples,
            generators=generators,
            hidden=[
                None if posterior.disturbed else question.hidden
                for question, posterior in zip(asked, posteriors, strict=True)
            ],
            disturbed=disturbed,
        )

    def _posterior(
        self, question: query.Question, x: np.ndarray, generator: torch.Generator
    ) -> Posterior:
        """The explanations of an image; one where all factors are given."""
        given, variables = question.given, self.story.variables
        if len(given) < len(variables):
            return query.require_explained(self._explain(x, given, generator), given)
        classes, overlap = [given[variable.name] for variable in variables], question.overlap
        if overlap == 1:
            return certain(variables, classes, overlap, float("nan"))
        shown, asked = torch.from_numpy(x), torch.tensor([classes])
        own = _generator(generator.initial_seed())  # scoring leaves the answer's draws alone
        nats = -float(self.world.log_likelihood(shown, asked, own))
        if question.hidden is None:  # then only the model can draw what they would be
            picture = self.world.picture(shown, asked[0]).numpy() > 0.5
            overlap = query.require_agreement(iou(x, picture))
        return certain(variables, classes, overlap, nats)


def under(opened: Checkpoint[ImageMechanism], story: str | Path) -> Explorer:
    """A checkpoint under a story, by name or as a TOML file.

    Raises:
        ValueError: unknown story, or one that does not fit the data set.
    """
    told = story_named(story, opened.dataset.variables)
    doubts = _doubts(opened)
    return Explorer(opened, told, _recogniser(opened) if doubts is None else None, doubts)


def _doubts(opened: Checkpoint[ImageMechanism]) -> np.ndarray | None:
    """Those that were measured of it, if any."""
    return None if opened.folder is None else doubt.read(opened.folder, opened.dataset)


def _recogniser(opened: Checkpoint[ImageMechanism]) -> Recogniser | None:
    """The one that is shipped, if it is of the same data set."""
    if _RECOGNISER not in checkpoint.shipped():
        return None
    found = checkpoint.read(_RECOGNISER, Recogniser)
    return found.model if found.dataset is opened.dataset else None


def _samples(value: object) -> int:
    return arguments.parse_count(value, "samples", 1, arguments.MAX_SAMPLES)


def _generator(seed: object) -> torch.Generator:
    return torch.Generator().manual_seed(arguments.parse_seed(seed))
