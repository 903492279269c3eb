"""Lesson: evidence may be ambiguous, and the answer then is a mixture."""

from __future__ import annotations

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.agreement import l1
from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.posterior import Posterior
from causal_explorer.lessons.lesson import Lesson, Opener, Told, shown
from causal_explorer.sharing.panel import Figure, l1_text
from causal_explorer.sharing.question import Classes, Question
from causal_explorer.sharing.words import listed, percent

SQUARE: Classes = (("shape", 0), ("scale", 5), ("orientation", 10), ("posX", 16), ("posY", 16))
STATE = Question("scm-vae", "independent", SQUARE, (("shape", 2),), 1001, 0, "gumbel", "image")
ANOTHER = "default"  # a story under which the same image is explained again
Kind = tuple[tuple[int, ...], float, np.ndarray]  # orientations, probability, their picture


def tell(open_explorer: Opener) -> Told:
    """What the image may be, and what each of that would have been."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    answer = STATE.ask(explorer)
    found, hearts = answer.posterior, kinds(answer.posterior, explorer)
    parts = [f"orientation {either(where)} ({percent(share)})" for where, share, _ in hearts]
    different = "1 picture" if len(hearts) == 1 else f"{len(hearts)} different pictures"
    elsewhere = open_explorer(STATE.checkpoint, ANOTHER).explain(answer.original)
    return Told(
        (
            f"The image alone leaves {len(found)} explanations: orientation {orientations(found)}.",
            f"As a heart they would be {different}: {listed(parts)}.",
            f"The density mixes them, with L1 {l1_text(answer.l1)} a pixel against the truth; the "
            f"likeliest heart alone has {l1(hearts[0][2], answer.truth):.5f}.",
        ),
        _figures(answer, hearts),
        _answer(found, elsewhere),
    )


def kinds(found: Posterior, explorer: Explorer) -> list[Kind]:
    """The different pictures that the explanations would be under do(), the likeliest first.

    Nothing descends from a target in the lesson's story, so do() changes nothing else.
    """
    names = [variable.name for variable in found.variables]
    place = names.index("orientation")
    by_orientation = found.classes[:, place].argsort()
    changed = found.classes[by_orientation]
    for name, value in STATE.do:
        changed[:, names.index(name)] = value
    hearts: dict[bytes, Kind] = {}
    pictures = explorer.checkpoint.dataset.render(changed)
    shares = found.probabilities[by_orientation]
    for row, share, picture in zip(changed, shares, pictures, strict=True):
        where, before, _ = hearts.get(picture.tobytes(), ((), 0.0, picture))
        hearts[picture.tobytes()] = ((*where, int(row[place])), before + float(share), picture)
    return sorted(hearts.values(), key=lambda heart: -round(heart[1], 6))


def orientations(found: Posterior) -> str:
    """Those of the explanations, each with its probability."""
    law = found.law("orientation")
    return listed([f"{k} ({percent(law[k])})" for k in np.flatnonzero(law).tolist()])


def either(where: tuple[int, ...]) -> str:
    """Orientations that look the same: "0 or 39"."""
    return " or ".join(map(str, where))


def _figures(answer: CounterfactualAnswer, hearts: list[Kind]) -> tuple[Figure, ...]:
    return (
        shown("Evidence", "the image, without its labels", answer.original),
        shown("Counterfactual density", "averaged over the explanations", answer.density),
        shown("Truth", f"of the same draws, {STATE.coupling}", answer.truth),
        *(
            shown(f"Orientation {either(where)}", f"{percent(share)} of the posterior", picture)
            for where, share, picture in hearts
        ),
    )


def _answer(found: Posterior, elsewhere: Posterior) -> str:
    return (
        "A square that is turned can be the same picture, to the pixel, where a heart is another. "
        "The image holds nothing that could choose, so to show one heart would be to make "
        "knowledge up: the answer is all of them, each with its probability. What the pixels leave "
        f"open the story decides. Under {STATE.story} the orientations are {orientations(found)}; "
        f"under {ANOTHER} the same image gives {orientations(elsewhere)}."
    )


LESSON = Lesson(
    id="ambiguous-evidence",
    title="Ambiguous evidence",
    page="",
    state=STATE,
    asked="Which heart would this square have been? Should the app choose one?",
    tell=tell,
)
