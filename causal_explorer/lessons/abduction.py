"""Lesson: without abduction, a picture that is sharp and plausible answers another question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causal_explorer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.inference.agreement import iou
from causal_explorer.inference.explorer import Explorer
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import furthest, score
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import notation, percent

STATE = Question("scm-vae", "default", HEART, (("shape", 0),), 1001, 0, "gumbel")
DO = dict(STATE.do)
ASKED = notation(DO, FACTORS)
SINGLES = 200  # fresh draws that are compared with the truth one by one


def tell(open_explorer: Opener) -> Told:
    """The same question with the sprite's own noise, and with fresh noise."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    own = STATE.ask(explorer)
    population = explorer.intervention(DO, STATE.samples, STATE.seed)
    fresh = replace(own, density=population.density)  # measured against the same truth
    return Told(
        (
            f"With the noise abducted from this heart, the answer to {ASKED} has {score(own)} "
            "against the truth.",
            f"With fresh noise in its place it is the picture of p(x | {ASKED}), and has "
            f"{score(fresh)}.",
            _where(explorer),
        ),
        (
            shown("Original", "the sprite that is asked about", own.original),
            shown("Abducted noise", score(own), own.density),
            shown("Fresh noise", score(fresh), fresh.density),
            shown("Truth", "rendered for the abducted noise", own.truth),
        ),
        _answer(explorer, own, population),
    )


def singles(population: PopulationAnswer, truth: np.ndarray, explorer: Explorer) -> float:
    """The mean IoU of single fresh draws, as the renderer draws them, with a truth."""
    pictures = explorer.checkpoint.dataset.render(population.factors[:SINGLES])
    return float(np.mean([iou(picture, truth) for picture in pictures]))


def _where(explorer: Explorer) -> str:
    name, distance = furthest(
        explorer.law(do=DO), explorer.law(dict(STATE.sprite), DO, STATE.coupling)
    )
    return (
        f"Fresh noise forgets the sprite, most of all its {name}: in at least "
        f"{percent(distance)} of the draws it comes out otherwise (total variation)."
    )


def _answer(explorer: Explorer, own: CounterfactualAnswer, population: PopulationAnswer) -> str:
    same = {name: value for name, value in STATE.sprite if name in DO}
    null = replace(STATE, do=tuple(same.items())).ask(explorer)
    kept = replace(null, density=null.density, truth=null.original)
    drawn = explorer.intervention(same, STATE.samples, STATE.seed)
    lost = replace(kept, density=drawn.density)
    overlap = singles(population, own.truth, explorer)
    return (
        "It answers rung 2: what some sprite would look like. Drawn one by one, its pictures are "
        f"as sharp as any, and their IoU with the truth is {overlap:.2f} on average. It shows "
        f"without the truth, too: {notation(same, FACTORS)} sets what is so already, and should "
        f"give the image back. Abducted noise gives it with {score(kept)}, fresh noise with "
        f"{score(lost)}."
    )


LESSON = Lesson(
    id="no-abduction-wrong-answer",
    title="No abduction, wrong answer",
    page="",
    state=STATE,
    asked="A generator paints sharp squares that look right. Why may none of them be the "
    "counterfactual, and how would one notice without the truth?",
    tell=tell,
)
