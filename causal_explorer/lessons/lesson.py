"""A lesson: a state of the app, and what is told of it from numbers computed when it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from causal_explorer.inference.explorer import Explorer
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.link import query_string, to_params
from causal_explorer.sharing.panel import Figure
from causal_explorer.sharing.question import Classes, Question

HEART: Classes = (("shape", 2), ("scale", 3), ("orientation", 4), ("posX", 10), ("posY", 16))
Opener = Callable[[str, str], Explorer]  # of a checkpoint's and a story's name


@dataclass(frozen=True)
class Told:
    """A lesson with its numbers filled in.

    Attributes:
        sentences: the claim, in three.
        figures: the pictures that it is about.
        answer: to the question for the class.
    """

    sentences: tuple[str, str, str]
    figures: tuple[Figure, ...] = field(repr=False)
    answer: str


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        id: its name in an address.
        title: its claim in a few words.
        page: that its state opens: "rungs", or "" for Explore.
        state: of the app, all that the lesson's numbers depend on.
        asked: the question for the class.
        tell: computes it, given how to open an explorer; and, of a lesson that can be watched,
            what is called after each step, with the step and its loss.
        steps: how often; 0 where there is nothing to watch.
        view: the closer look of Explore that its state opens; empty for the first.
    """

    id: str
    title: str
    page: str
    state: Question
    asked: str
    tell: Callable[..., Told] = field(repr=False)
    steps: int = 0
    view: str = ""

    def params(self, variables: tuple[Variable, ...]) -> dict[str, list[str]]:
        """What the address of its state holds, by name."""
        view = {"view": [self.view]} if self.view else {}
        return to_params(self.state, variables) | view

    def address(self, variables: tuple[Variable, ...]) -> str:
        """The address of its state, as seen from any page of the app."""
        return f"./{self.page}?{query_string(self.params(variables))}"


def shown(title: str, caption: str, picture: np.ndarray) -> Figure:
    """A picture whose words are its title and caption."""
    return Figure(title, caption, f"{title}: {caption}", picture)
