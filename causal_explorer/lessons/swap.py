"""Lesson: swap the story and keep the model, because mechanisms are independent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.inference.agreement import l1
from causal_explorer.inference.explorer import Explorer
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import furthest, score
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import notation, percent, small

STATE = Question("scm-vae", "default", HEART, (("shape", 0),), 1001, 0, "gumbel")
OTHER = replace(STATE, story="independent")
BOTH = (STATE, OTHER)
DO = dict(STATE.do)
ASKED = notation(DO, FACTORS)


def tell(open_explorer: Opener) -> Told:
    """What two stories share, and what they do not."""
    explorers = [open_explorer(q.checkpoint, q.story) for q in BOTH]
    one, other = (q.ask(explorer) for q, explorer in zip(BOTH, explorers, strict=True))
    set_one, set_other = (all_set(explorer) for explorer in explorers)
    factor, distance = furthest(
        *(explorer.law(dict(STATE.sprite), DO, STATE.coupling) for explorer in explorers)
    )
    return Told(
        (
            f"Between the stories {STATE.story} and {OTHER.story}, the largest difference of a "
            "pixel in the reconstruction of this heart is "
            f"{small(_gap(one.reconstruction, other.reconstruction))}.",
            "With all five factors set by do(), which leaves p(x | v, z) alone, it is "
            f"{small(_gap(set_one.density, set_other.density))} in the counterfactual.",
            f"With {ASKED} alone, {factor} differs between the stories in at least "
            f"{percent(distance)} of the draws (total variation), and the densities by L1 "
            f"{l1(one.density, other.density):.3f} a pixel.",
        ),
        tuple(
            shown(f"{kind} ({q.story})", caption, picture)
            for kind, q, caption, picture in (
                ("Reconstruction", STATE, "p(x | v, z)", one.reconstruction),
                ("Reconstruction", OTHER, "p(x | v, z)", other.reconstruction),
                (ASKED, STATE, score(one), one.density),
                (ASKED, OTHER, score(other), other.density),
            )
        ),
        _answer(one, other, explorers),
    )


def all_set(explorer: Explorer) -> CounterfactualAnswer:
    """The counterfactual with every factor set: nothing of the story is left in it."""
    return replace(STATE, do=tuple((dict(STATE.sprite) | DO).items())).ask(explorer)


def changed(explorers: list[Explorer]) -> tuple[int, int]:
    """How many parameters the two image models have, and how many differ."""
    one, other = (dict(e.checkpoint.model.named_parameters()) for e in explorers)
    differing = sum(int((one[name] != other[name]).sum()) for name in one)
    return sum(parameter.numel() for parameter in one.values()), differing


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def _answer(
    one: CounterfactualAnswer, other: CounterfactualAnswer, explorers: list[Explorer]
) -> str:
    count, differing = changed(explorers)
    return (
        f"Of the {count:,} parameters of the image model, {differing:,} change. A story is p(v), "
        "the image model is p(x | v, z): how factors come about, and how they look. They are "
        "mechanisms of their own, so one can be replaced without touching the other: the "
        "principle of independent mechanisms. It is assumed, and holds here because z is "
        "independent of the factors, nothing hidden causes both a factor and the picture, and "
        "training covered all that a story may draw, but for the combinations that were held out "
        "to be measured; where one of these fails, p(x | v, z) has to be learned anew. Each answer "
        f"is held against the truth of its own story and of the coupling {STATE.coupling}: "
        f"{score(one)} under {STATE.story}, {score(other)} under {OTHER.story}. Which story is the "
        "right one is not for the image model to say."
    )


LESSON = Lesson(
    id="swap-the-story-keep-the-model",
    title="Swap the story, keep the model",
    page="",
    state=STATE,
    asked="The story changes. Which of encoder, decoder and tables must be trained or written "
    "anew?",
    tell=tell,
)
