"""A question as the user put it, and how it reads aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from causal_explorer.scm.variables import Variable

Classes = tuple[tuple[str, int], ...]  # (factor, class) pairs: hashable, so answers can be cached


@dataclass(frozen=True)
class Question:
    """All that an answer depends on.

    Attributes:
        checkpoint: name of the trained model.
        story: name of the causal story.
        factors: classes of the sprite.
        do: targets and their classes; empty while the user has chosen none.
        samples: draws of the noise.
        seed: of the draws.
        coupling: of the factors' noise.
    """

    checkpoint: str
    story: str
    factors: Classes
    do: Classes
    samples: int
    seed: int
    coupling: str

    def composed(self) -> Question:
        """do() of a value that already holds: the answer is the image itself (composition)."""
        return replace(self, do=self.factors[:1])

    @property
    def holds_already(self) -> bool:
        """Whether every target has its value in the sprite as it is."""
        return bool(self.do) and set(self.do) <= set(self.factors)


def describe(classes: Mapping[str, int], variables: Iterable[Variable]) -> str:
    """A sprite in a few words: "heart, scale 3, orientation 4, posX 10, posY 16"."""
    return ", ".join(_phrase(variable, classes[variable.name]) for variable in variables)


def notation(do: Mapping[str, int], variables: Iterable[Variable]) -> str:
    """The intervention as a formula: "do(shape = square, scale = 2)"."""
    terms = [f"{v.name} = {v.label(do[v.name])}" for v in variables if v.name in do]
    return f"do({', '.join(terms)})"


def sentence(question: Question, variables: tuple[Variable, ...]) -> str:
    """The question as one would ask it."""
    by_name = {variable.name: variable for variable in variables}
    shape = by_name["shape"].label(dict(question.factors)["shape"])
    opening = f"This is {_article(shape)} {shape}."
    if not question.do:
        return f"{opening} What would it have looked like, if …?"
    supposed = [_supposed(by_name[name], value) for name, value in question.do]
    return f"{opening} What would it have looked like, had {_listed(supposed)}?"


def _phrase(variable: Variable, value: int) -> str:
    return variable.label(value) if variable.labels else f"{variable.name} {value}"


def _supposed(variable: Variable, value: int) -> str:
    label = variable.label(value)
    if variable.name == "shape":
        return f"it been {_article(label)} {label}"
    return f"its {variable.name} been {label}"


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _listed(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
