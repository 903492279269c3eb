"""Lesson: without abduction, a picture that is sharp and plausible answers another question.

A score against the truth cannot show that: the right answer under another coupling scores low as
well. What shows it under every coupling is the null intervention, which abduction alone gives back.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causal_explorer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.inference.agreement import iou
from causal_explorer.inference.explorer import Explorer
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import furthest, score
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import listed, notation, percent

STATE = Question("scm-vae", "default", HEART, (("shape", 0),), 1001, 0, "gumbel")
DO = dict(STATE.do)
ASKED = notation(DO, FACTORS)
OTHER = next(name for name in COUPLINGS if name != STATE.coupling)
SINGLES = 200  # fresh draws that are compared with the truth one by one


def tell(open_explorer: Opener) -> Told:
    """The same question with the sprite's own noise, and with fresh noise."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    own = STATE.ask(explorer)
    population = explorer.intervention(DO, STATE.samples, STATE.seed)
    fresh = replace(own, density=population.density)  # measured against the same truth
    theirs = STATE.under(OTHER).ask(explorer)
    return Told(
        (
            f"With the noise abducted from this heart under {STATE.coupling}, the answer to "
            f"{ASKED} has {score(own)} against the truth of that noise.",
            f"Fresh noise gives the picture of p(x | {ASKED}), with {score(fresh)}; the answer "
            f"under {OTHER}, right by its own truth, has {score(_beside(theirs, own))}.",
            _where(explorer),
        ),
        (
            shown("Original", "the sprite that is asked about", own.original),
            shown("Abducted noise", score(own), own.density),
            shown("Fresh noise", score(fresh), fresh.density),
            shown("Truth", f"of the noise abducted under {STATE.coupling}", own.truth),
        ),
        _answer(explorer, own, population),
    )


def _beside(answer: CounterfactualAnswer, truth: CounterfactualAnswer) -> CounterfactualAnswer:
    """An answer, measured against the truth of another."""
    return replace(answer, truth=truth.truth)


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


def nulls(explorer: Explorer) -> dict[str, CounterfactualAnswer]:
    """What is asked for what is so already, by coupling, measured against the image."""
    same = tuple((name, value) for name, value in STATE.sprite if name in DO)
    asked = replace(STATE, do=same)
    answers = {name: asked.under(name).ask(explorer) for name in COUPLINGS}
    return {name: replace(own, truth=own.original) for name, own in answers.items()}


def _answer(explorer: Explorer, own: CounterfactualAnswer, population: PopulationAnswer) -> str:
    same = {name: value for name, value in STATE.sprite if name in DO}
    kept = nulls(explorer)
    drawn = explorer.intervention(same, STATE.samples, STATE.seed)
    lost = replace(kept[STATE.coupling], density=drawn.density)
    overlap = singles(population, own.truth, explorer)
    given = listed([f"{score(answer)} under {name}" for name, answer in kept.items()])
    return (
        "They answer rung 2: what some sprite would look like. Drawn one by one, the pictures are "
        f"as sharp as any, and their IoU with the truth is {overlap:.2f} on average. That alone "
        "proves nothing: the truth is rendered for one coupling's noise, and the right answer "
        f"under {OTHER} has a low score against it too. Under every coupling, and without the "
        f"truth, it shows where nothing is asked: {notation(same, FACTORS)} sets what is so "
        f"already, and should give the image back. Abducted noise gives it with {given}, fresh "
        f"noise with {score(lost)}."
    )


LESSON = Lesson(
    id="no-abduction-wrong-answer",
    title="No abduction, another question",
    page="",
    state=STATE,
    asked="A generator paints sharp squares that look right. Which question do they answer, and "
    "how would one notice without the truth?",
    tell=tell,
)
