"""An answer as it is shown: four pictures with their words, and the error against the truth."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import describe, draws_text, notation, sentence, truth_under

_ORIGIN = {
    "sprite": "the sprite as it was picked",
    "image": "the sprite as it was picked",
    "factors": "the average of what it may be",
    "upload": "your image as the model sees it",
}
AFTER = ("Counterfactual density", "Truth")  # of rung 3 the second says under which coupling
MEANING = (
    "Mean absolute error a pixel, and overlap: of all light, the share in both (1 is perfect)."
)


@dataclass(frozen=True)
class Figure:
    """A picture with its words.

    Attributes:
        title: its name.
        caption: one line that says what it is.
        alt: the picture in words.
        picture: (64, 64) in [0, 1], or (64, 64, 3) uint8 colours; None leaves the frame empty.
        slot: which place of the panel it takes; empty outside a panel.
    """

    title: str
    caption: str
    alt: str
    picture: np.ndarray | None = field(repr=False)
    slot: str = ""


@dataclass(frozen=True)
class Panel:
    """What is shown of an answer.

    Attributes:
        sentence: the question as one would ask it.
        formula: the same as do(); empty where nothing is set.
        figures: original, reconstruction, counterfactual density and truth.
        l1: mean absolute error a pixel, in words; empty where nothing is set.
        iou: intersection over union, likewise.
        remark: what a reader of the two should know.
    """

    sentence: str
    formula: str
    figures: tuple[Figure, ...]
    l1: str = ""
    iou: str = ""
    remark: str = ""


def panel(question: Question, answer: CounterfactualAnswer) -> Panel:
    """The panel of an answer to a question; without a do() its right half stays empty."""
    told, pictures = sentence(question, answer.variables), figures(question, answer)
    if not question.do:
        return Panel(told, "", pictures)
    formula = notation(dict(question.do), answer.variables)
    return Panel(
        told, formula, pictures, l1_text(answer.l1), iou_text(answer.iou), _remark(question, answer)
    )


def figures(question: Question, answer: CounterfactualAnswer) -> tuple[Figure, ...]:
    """Original, reconstruction, counterfactual density and truth."""
    sprite = _sprite(question, answer)
    seen = "average" if question.evidence == "factors" else "picture"
    before = (
        Figure(
            "Original",
            _ORIGIN[question.evidence],
            f"Original: {sprite}",
            answer.original,
            "original",
        ),
        Figure(
            "Reconstruction",
            f"the model's {seen} of the same",
            f"Reconstruction by the model of {sprite}",
            answer.reconstruction,
            "reconstruction",
        ),
    )
    if not question.do:
        titles = (AFTER[0], truth_title(question))
        return *before, *(Figure(t, "nothing is set yet", "", None) for t in titles)
    asked = notation(dict(question.do), answer.variables)
    draws = draws_text(question.samples)
    return (
        *before,
        Figure(
            AFTER[0],
            f"averaged over {draws} of the noise",
            f"Counterfactual density under {asked}, averaged over {draws}",
            answer.density,
            "density",
        ),
        _truth(question, answer, f"{asked}, averaged over the same {draws}"),
    )


def _truth(question: Question, answer: CounterfactualAnswer, asked: str) -> Figure:
    """The renderer's picture; an empty frame where the truth is not known."""
    if not answer.truth_known:
        return Figure("No truth", "none is known of this picture", "", None, "truth")
    title = truth_title(question)
    caption = "rendered for the same draws, averaged"
    return Figure(title, caption, f"{title} and {asked}", answer.truth, "truth")


def truth_title(question: Question) -> str:
    """What the rendered picture is called: of a photo no truth is known."""
    return "Rendered" if question.evidence == "upload" else truth_under(question.coupling)


def l1_text(l1: float) -> str:
    """Mean absolute error a pixel, or that there is none to tell.

    A tiny one never reads as 0, and 0 never as a tiny one.
    """
    if math.isnan(l1):
        return "none"
    if l1 < 0.00001:
        return "< 0.00001" if l1 else "0"
    return f"{l1:.5f}"


def brightened(picture: np.ndarray) -> np.ndarray:
    """A faint picture as bright as it can be: its largest value becomes 1."""
    return picture / max(float(picture.max()), 1e-9)


def iou_text(iou: float) -> str:
    """Intersection over union, or that there is none."""
    return "none" if math.isnan(iou) else f"{iou:.3f}"


def _sprite(question: Question, answer: CounterfactualAnswer) -> str:
    """What the image shows, in a few words."""
    if question.evidence == "sprite":
        return describe(dict(question.factors), answer.variables)
    if question.evidence == "factors":
        return f"all sprites with {', '.join(dict(question.factors))} as known, averaged"
    return f"most likely {describe(answer.posterior.best, answer.variables)}"


def _remark(question: Question, answer: CounterfactualAnswer) -> str:
    """What a reader of the numbers should know about this answer."""
    if question.holds_already and question.evidence == "factors":
        return (
            "What is known already is as do() sets it, so nothing moves: the axiom of composition."
        )
    if question.holds_already:
        return (
            "The sprite already is as do() sets it, so the counterfactual is the image itself: "
            "the axiom of composition."
        )
    if not answer.truth_known:
        return (
            "The true answer is not known here, so there is nothing to compare with. Pixels that "
            "no sprite puts there are left out of the answer."
        )
    if max(answer.density.max(), answer.truth.max()) <= 0.5:
        return (
            f"{MEANING} The answer is spread over so many places that no pixel is more on than "
            "off, neither in the density nor in the truth."
        )
    return MEANING
