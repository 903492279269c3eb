"""Lesson: what the class project got wrong that this began with; it is run as it was."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.inference.svi import SVIAnswer, SVISettings, Watch
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import score
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import notation, percent

STATE = Question("scm-vae-mlp", "default", HEART, (("shape", 0),), 1001, 0, "gumbel")
ASKED = notation(dict(STATE.do), FACTORS)
SETTINGS = SVISettings()  # the class project's
OURS = "scm-vae"


def tell(open_explorer: Opener, watch: Watch | None = None) -> Told:
    """Abduction by SVI and exact abduction, by the same decoder; then by a better one."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    found = explorer.counterfactual(
        dict(STATE.sprite),
        do=dict(STATE.do),
        samples=STATE.samples,
        seed=STATE.seed,
        coupling=STATE.coupling,
        abduction="svi",
        svi=SETTINGS,
        watch=watch,
    )
    assert isinstance(found, SVIAnswer)
    clock = time.perf_counter()
    exact = STATE.ask(explorer)
    seconds = time.perf_counter() - clock
    ours = replace(STATE, checkpoint=OURS).ask(open_explorer(OURS, STATE.story))
    return Told(
        (
            f"{len(found.losses):,} steps of SVI took {found.seconds:.1f} s and end at "
            f"{score(found)}; exact abduction by the same decoder took {seconds:.2f} s and has "
            f"{score(exact)}.",
            "All five labels were given; SVI abducts them as they were in "
            f"{percent(recovered(found))} of its draws, exact abduction in "
            f"{percent(recovered(exact))}.",
            f"In {percent(outside(found))} of the steps the loss was infinite: it is where a draw "
            "of the normal guide leaves the support of the uniform prior.",
        ),
        (
            shown("Original", "the sprite that is asked about", exact.original),
            shown("SVI", score(found), found.density),
            shown("Exact, same decoder", score(exact), exact.density),
            shown("Truth", f"of the exact draws, {STATE.coupling}", exact.truth),
        ),
        _answer(found, exact, ours),
    )


def recovered(answer: CounterfactualAnswer) -> float:
    """The share of the draws whose factual classes all are as they were given."""
    return float((answer.factual == [value for _, value in STATE.sprite]).all(1).mean())


def moved(answer: CounterfactualAnswer) -> float:
    """The share of the draws in which a factor moved that was not set."""
    free = [variable.name not in answer.do for variable in answer.variables]
    return float((answer.factual != answer.counterfactual)[:, free].any(1).mean())


def outside(found: SVIAnswer) -> float:
    """The share of the steps whose loss was infinite."""
    return float(np.isinf(found.losses).mean())


def _answer(found: SVIAnswer, exact: CounterfactualAnswer, ours: CounterfactualAnswer) -> str:
    worst = int((found.factual != exact.factual).mean(0).argmax())
    given, said = exact.factual[0, worst], int(np.median(found.factual[:, worst]))
    return (
        "Change one thing at a time. With SVI and the dense decoder the answer has "
        f"{score(found)}; with exact abduction and the same decoder {score(exact)}; with exact "
        f"abduction and the decoder {OURS} {score(ours)}. The recipe has three faults. Its "
        "labels are softmax expectations, which shrink to the middle of the classes: of "
        f"{FACTORS[worst].name} {FACTORS[worst].label(given)} it makes "
        f"{FACTORS[worst].label(said)}. The image and the labels are weighed as if each label "
        f"had a variance of 1. And no factor causes another: {ASKED} moves any other factor in "
        f"{percent(moved(found))} of the draws with SVI, and in {percent(moved(exact))} with exact "
        "abduction."
    )


LESSON = Lesson(
    id="what-the-original-got-wrong",
    title="What the class project got wrong",
    page="",
    state=STATE,
    asked="Abduction and decoder both stand between the image and the answer. How would you find "
    "out what each of them costs?",
    tell=tell,
    steps=SETTINGS.steps,
    view="By optimisation",
)
