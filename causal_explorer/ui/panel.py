"""The four pictures of an answer, with the error against the truth in words."""

from __future__ import annotations

import math

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.answer import Answer
from causal_explorer.ui.pictures import Figure
from causal_explorer.ui.question import Question, describe, notation

_ORIGIN = {
    "sprite": "the sprite picked in the sidebar",
    "image": "the sprite picked in the sidebar",
    "factors": "the average of what it may be",
    "upload": "your image as the model sees it",
}


def figures(question: Question, answer: CounterfactualAnswer) -> tuple[Figure, ...]:
    """Original, reconstruction, counterfactual density and truth.

    Without a do() the last two stay empty.
    """
    sprite = _sprite(question, answer)
    whole = question.evidence != "factors"
    asked = notation(dict(question.do), answer.variables)
    draws = "1 draw" if question.samples == 1 else f"{question.samples:,} draws"
    density, truth = (answer.density, answer.truth) if question.do else (None, None)
    return (
        Figure(
            "Original",
            _ORIGIN[question.evidence],
            f"Original: {sprite}",
            answer.original,
        ),
        Figure(
            "Reconstruction",
            "the model's picture of the same" if whole else "the model's average of the same",
            f"Reconstruction by the model of {sprite}",
            answer.reconstruction,
        ),
        Figure(
            "Counterfactual density",
            f"averaged over {draws} of the noise" if question.do else "nothing is set yet",
            f"Counterfactual density under {asked}, averaged over {draws}",
            density,
        ),
        Figure(
            "Truth",
            "rendered for the same draws, averaged" if question.do else "nothing is set yet",
            f"Truth under {asked}, averaged over the same {draws}",
            truth,
        ),
    )


def _sprite(question: Question, answer: CounterfactualAnswer) -> str:
    """What the image shows, in a few words."""
    if question.evidence == "sprite":
        return describe(dict(question.factors), answer.variables)
    if question.evidence == "factors":
        return f"all sprites with {', '.join(dict(question.factors))} as known, averaged"
    return f"most likely {describe(answer.posterior.best, answer.variables)}"


def l1_text(answer: Answer) -> str:
    """Mean absolute error a pixel; a tiny one never reads as none."""
    if 0 < answer.l1 < 0.00001:
        return "< 0.00001"
    return f"{answer.l1:.5f}"


def iou_text(answer: Answer) -> str:
    """Intersection over union, or that there is none."""
    return "none" if math.isnan(answer.iou) else f"{answer.iou:.3f}"


def remark(question: Question, answer: CounterfactualAnswer) -> str:
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
    if math.isnan(answer.iou):
        return (
            "IoU is not defined here: the answer is spread over so many places that no pixel is "
            "more on than off, neither in the density nor in the truth."
        )
    return "Mean absolute error a pixel, and overlap of the pixels above 0.5 (1 is perfect)."
