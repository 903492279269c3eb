"""Lesson: two couplings that seeing and doing cannot tell apart, and their counterfactuals.

The laws of rungs 1 and 2 are computed here through each coupling's own twin network, so that
their agreement is found and not assumed.
"""

from __future__ import annotations

import numpy as np

from causal_explorer.data.dsprites import FACTORS, SHAPES
from causal_explorer.inference.explorer import Explorer
from causal_explorer.lessons.doing import LOW_HEART
from causal_explorer.lessons.lesson import Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import Law, furthest, largest_gap, mean
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.law import population_law
from causal_explorer.sharing.panel import Figure
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import equations, listed, notation, percent, small

STATE = Question("scm-vae", "default", LOW_HEART, (("scale", 0),), 1001, 0, "gumbel")
SPRITE, DO = dict(STATE.sprite), dict(STATE.do)
SEEN = {name: SPRITE[name] for name in DO}
ASKED = notation(DO, FACTORS)


def tell(open_explorer: Opener) -> Told:
    """How far the two couplings lie apart on each rung."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    see = largest_gap(*(seen(explorer, name) for name in COUPLINGS))
    do = largest_gap(*(done(explorer, name) for name in COUPLINGS))
    imagined = {name: explorer.law(SPRITE, DO, name) for name in COUPLINGS}
    factor, distance = furthest(*imagined.values())
    return Told(
        (
            f"Seeing: the largest difference between {listed(list(COUPLINGS))} in the laws "
            f"p(v | {equations(SEEN, FACTORS)}) is {small(see)}.",
            f"Doing: in the laws p(v | {ASKED}) it is {small(do)}.",
            f"Imagining: under {ASKED}, {factor} of this heart differs between the couplings in at "
            f"least {percent(distance)} of the draws (total variation).",
        ),
        _figures(explorer, imagined),
        _answer(max(see, do), imagined, factor, treated(explorer)),
    )


def seen(explorer: Explorer, coupling: str) -> Law:
    """p(v | seen): to do what is seen changes nothing, under any noise (consistency)."""
    return explorer.law(SEEN, SEEN, coupling)


def done(explorer: Explorer, coupling: str) -> Law:
    """p(v | do) = Σ_shape p(shape) p(v_do | shape): counterfactuals of everybody."""
    prior = population_law(explorer.story, {}, {})["shape"].numpy()
    laws = [explorer.law({"shape": k}, DO, coupling) for k in range(len(SHAPES))]
    return {
        name: np.sum([p * law[name] for p, law in zip(prior, laws, strict=True)], axis=0)
        for name in laws[0]
    }


def treated(explorer: Explorer) -> dict[str, Law]:
    """p(v_do | what do() sets was otherwise), by coupling: the effect on the treated."""
    return {name: explorer.law(SEEN, DO, name) for name in COUPLINGS}


def _figures(explorer: Explorer, imagined: dict[str, Law]) -> tuple[Figure, ...]:
    answers = {name: STATE.under(name).ask(explorer) for name in COUPLINGS}
    one, other = (answer.density for answer in answers.values())
    first = next(iter(answers.values()))
    return (
        shown("Original", "the sprite that is asked about", first.original),
        *(
            shown(
                f"Under {name}",
                f"{ASKED}, mean posY {mean(imagined[name]['posY']):.1f}",
                answer.density,
            )
            for name, answer in answers.items()
        ),
        shown("Where they differ", f"{np.abs(one - other).mean():.3f} a pixel", abs(one - other)),
    )


def _answer(gap: float, imagined: dict[str, Law], factor: str, ett: dict[str, Law]) -> str:
    parts = [f"{mean(law[factor]):.1f} under {name}" for name, law in imagined.items()]
    shared = [f"{mean(law[factor]):.1f} under {name}" for name, law in ett.items()]
    return (
        "No observation can, and no experiment that sets factors: on rungs 1 and 2 the couplings "
        f"agree to within {small(gap)}. That does not put all of rung 3 out of reach: of all "
        f"sprites with {equations(SEEN, FACTORS)}, had it been {_set()}, the mean {factor} would "
        f"be {listed(shared)}. This effect on the treated asks each mechanism once, and follows "
        "from the graph and what is seen. Experiments can sample some counterfactuals too "
        "(Raghavan and Bareinboim 2025, arXiv:2503.11870). The question about this heart asks one "
        f"mechanism twice, what was and what would have been: its mean {factor} would be "
        f"{listed(parts)}. Monotone keeps a sprite's rank among those of its scale; Gumbel-max "
        "keeps a value where it can. To choose one is to assume something that no such data can "
        "check, so a counterfactual, and what is called its truth, should name its coupling."
    )


def _set() -> str:
    """What do() sets, values alone: "0"."""
    return listed([v.label(DO[v.name]) for v in FACTORS if v.name in DO])


LESSON = Lesson(
    id="couplings-that-data-cannot-tell-apart",
    title="Couplings that data cannot tell apart",
    page="",
    state=STATE,
    asked="Which observation, or which experiment, could decide between the two couplings?",
    tell=tell,
    view="Couplings",
)
