"""Lesson: doing is not imagining, because one sprite keeps the noise that made it."""

from __future__ import annotations

import numpy as np

from causal_explorer.data.dsprites import FACTORS, SHAPES
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import Law, furthest, mean
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import listed, notation, percent

LOW_HEART = (*HEART[:-1], ("posY", 22))
STATE = Question("scm-vae", "default", LOW_HEART, (("scale", 0),), 1001, 0, "monotone")
SPRITE, DO = dict(STATE.sprite), dict(STATE.do)
OTHER = next(name for name in COUPLINGS if name != STATE.coupling)
ASKED = notation(DO, FACTORS)


def tell(open_explorer: Opener) -> Told:
    """The same do() of the whole population, and of one sprite."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    usual = explorer.law(given={"scale": SPRITE["scale"]})
    done, imagined = explorer.law(do=DO), explorer.law(SPRITE, DO, STATE.coupling)
    population = explorer.intervention(DO, STATE.samples, STATE.seed)
    answer = STATE.ask(explorer)
    return Told(
        _sentences(usual, done, imagined),
        (
            shown("Original", "this sprite as it is", answer.original),
            shown("Do", f"the population under {ASKED}", population.density),
            shown("Imagine", f"this sprite under {ASKED}", answer.density),
            shown("Imagine: truth", f"of the same draws, {STATE.coupling}", answer.truth),
        ),
        _answer(done, imagined, explorer.law(SPRITE, DO, OTHER)),
    )


def _sentences(usual: Law, done: Law, imagined: Law) -> tuple[str, str, str]:
    shape = SPRITE["shape"]
    return (
        f"Under {ASKED}, {percent(done['shape'][shape])} of the population are {SHAPES[shape]}s, "
        f"and its mean posY is {mean(done['posY']):.1f}.",
        f"This {SHAPES[shape]} with scale {SPRITE['scale']} has posY {SPRITE['posY']}, which is "
        f"{_beside(SPRITE['posY'], usual)} than the mean of its scale: its own noise.",
        f"Imagined under {ASKED}, it is a {SHAPES[shape]} with probability "
        f"{percent(imagined['shape'][shape])}, and its mean posY is "
        f"{mean(imagined['posY']):.1f}, {_beside(mean(imagined['posY']), done)} than the "
        "population's.",
    )


def _beside(row: float, law: Law) -> str:
    """How much lower in the picture a row is than the mean of a law; rows count from the top."""
    gap = row - mean(law["posY"])
    return f"{abs(gap):.1f} {'lower' if gap >= 0 else 'higher'}"


def _answer(done: Law, imagined: Law, otherwise: Law) -> str:
    name, distance = furthest(done, imagined)
    kept = [n for n, law in imagined.items() if n not in DO and np.isclose(law[SPRITE[n]], 1)]
    return (
        "It used the sprite. Abduction reads off the noise that must have made this very sprite; "
        f"action sets the scale; prediction runs the same noise again. {_kept(kept)} Doing draws "
        f"fresh noise for everybody, so that {name} comes out otherwise than imagined in at least "
        f"{percent(distance)} of the draws (total variation). An experiment that sets the scale "
        "settles the first answer. It does not settle the second, which asks how one sprite's posY "
        "answers to two scales at once, and nobody can make the same sprite twice: what noise "
        f"keeps is the coupling's to say. Under {STATE.coupling} the mean posY is "
        f"{mean(imagined['posY']):.1f}, under {OTHER} it would be {mean(otherwise['posY']):.1f}; "
        "the truth that is shown is of the coupling that is chosen."
    )


def _kept(names: list[str]) -> str:
    return f"Here that keeps {listed(names)} for certain." if names else ""


LESSON = Lesson(
    id="doing-is-not-imagining",
    title="Doing is not imagining",
    page="rungs",
    state=STATE,
    asked=f"{ASKED} stands in both questions. What did the second answer use that the first did "
    "not?",
    tell=tell,
)
