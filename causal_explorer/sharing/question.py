"""A question as the user put it: all that an answer depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from causal_explorer.data.raster import SIZE
from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.explorer import Explorer
from causal_explorer.scm.actions import Shift
from causal_explorer.scm.stories import STORIES, read_story
from causal_explorer.scm.story import Story, parse

Classes = tuple[tuple[str, int], ...]  # (factor, class) pairs: hashable, so answers can be cached
EVIDENCE = {  # what may be known of an image, and how it is called
    "sprite": "Image and factors",
    "image": "Image only",
    "factors": "Some factors",
    "upload": "Upload",
}


@dataclass(frozen=True)
class Question:
    """All that an answer depends on.

    Attributes:
        checkpoint: name of the trained model.
        story: name of a shipped causal story, or the text of one that was edited.
        sprite: all classes of the sprite that was picked.
        do: targets and their classes; empty while the user has chosen none.
        samples: draws of the noise.
        seed: of the draws.
        coupling: of the factors' noise.
        evidence: what is known, a key of `EVIDENCE`: "sprite" the image with its factors, "image"
            the sprite's image alone, "factors" some of its factors alone, "upload" an image of
            the user's.
        known: names of the factors that are known, where evidence is "factors".
        upload: 512 bytes, the user's picture at 1 bit a pixel; None where there is none.
    """

    checkpoint: str
    story: str
    sprite: Classes
    do: Classes
    samples: int
    seed: int
    coupling: str
    evidence: str = "sprite"
    known: tuple[str, ...] = ()
    upload: bytes | None = None

    @property
    def factors(self) -> Classes:
        """What is known of the factors."""
        if self.evidence == "factors":
            return tuple((name, value) for name, value in self.sprite if name in self.known)
        return self.sprite if self.evidence == "sprite" else ()

    @property
    def is_open(self) -> bool:
        """Whether there is no evidence yet."""
        if self.evidence == "upload":
            return self.upload is None
        return self.evidence == "factors" and not self.factors

    @property
    def pictured(self) -> bool:
        """Whether the evidence is an image alone."""
        return self.evidence in ("image", "upload")

    @property
    def is_told(self) -> bool:
        """Whether the story is a text of its own, which must travel along."""
        return self.story not in STORIES

    def under(self, coupling: str) -> Question:
        """The same question under another coupling."""
        return replace(self, coupling=coupling)

    @property
    def holds_already(self) -> bool:
        """Whether every target has its value in the sprite as it is."""
        return bool(self.do) and set(self.do) <= set(self.factors)

    def evidence_for(self, explorer: Explorer) -> dict[str, Any]:
        """`factors` and `image` as `Explorer.counterfactual` takes them."""
        if self.evidence == "upload" and self.upload is not None:
            return {"factors": None, "image": unpacked(self.upload)}
        if self.evidence == "image":
            classes = np.array([[value for _, value in self.sprite]])
            return {"factors": None, "image": explorer.checkpoint.dataset.render(classes)[0]}
        return {"factors": dict(self.factors), "image": None}

    def action(self, explorer: Explorer) -> dict[str, Any]:
        """`do` as `Explorer.counterfactual` takes it; a shift by 0 where nothing is set yet."""
        return dict(self.do) or {explorer.story.variables[0].name: Shift(0)}

    def arguments(self, explorer: Explorer) -> dict[str, Any]:
        """All that `Explorer.counterfactual` and `Explorer.steps` take."""
        return self.evidence_for(explorer) | {
            "do": self.action(explorer),
            "samples": self.samples,
            "seed": self.seed,
            "coupling": self.coupling,
        }

    def ask(self, explorer: Explorer) -> CounterfactualAnswer:
        """The library's answer.

        Args:
            explorer: of the question's checkpoint and story.

        Raises:
            ValueError: in one sentence, what was asked and what is allowed.
        """
        return explorer.counterfactual(**self.arguments(explorer))


def varied(question: Question, control: str, explorer: Explorer) -> list[Question]:
    """The question at every value of one control.

    Args:
        question: at one of its values.
        control: a factor of the sprite, or "do_" and a target.
        explorer: of the question's checkpoint and story.
    """
    target = control.removeprefix("do_")
    name = "sprite" if target == control else "do"
    variable = next(v for v in explorer.story.variables if v.name == target)
    pairs: Classes = getattr(question, name)
    return [
        replace(question, **{name: tuple((n, k if n == target else old) for n, old in pairs)})
        for k in range(variable.classes)
    ]


def ask_all(questions: Sequence[Question], explorer: Explorer) -> list[CounterfactualAnswer]:
    """The answers to questions that differ in one control alone, in one batch.

    Args:
        questions: as of `varied`.
        explorer: of their checkpoint and story.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    first = questions[0]
    asked = [q.evidence_for(explorer) | {"do": q.action(explorer)} for q in questions]
    return explorer.counterfactuals(asked, first.samples, first.seed, first.coupling)


def unpacked(image: bytes) -> np.ndarray:
    """(64, 64) a picture from its bits."""
    return np.unpackbits(np.frombuffer(image, dtype=np.uint8)).reshape(SIZE, SIZE)


def named_or_told(story: str) -> Story:
    """A shipped story by its name, or one from its text; never a file, since links bring texts.

    Raises:
        ValueError: a text that is no story.
    """
    return read_story(story) if story in STORIES else parse("edited", story)
