"""Lesson: asking for what is so, and why the noise of the pixels makes that too easy a test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from causal_explorer import CounterfactualAnswer
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.inference.explorer import Explorer
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import score
from causal_explorer.metrics.composition import composition
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import notation, small

STATE = Question("scm-vae", "default", HEART, (("shape", 2),), 1001, 0, "gumbel")
EXHIBIT = replace(STATE, checkpoint="scm-vae-mlp")
ASKED = notation(dict(STATE.do), FACTORS)


def tell(open_explorer: Opener) -> Told:
    """The null intervention by two models, with and without the noise of the pixels."""
    explorers = [open_explorer(q.checkpoint, q.story) for q in (STATE, EXHIBIT)]
    ours, dense = STATE.ask(explorers[0]), EXHIBIT.ask(explorers[1])
    once, dense_once = (decoder_mean(explorer) for explorer in explorers)
    return Told(
        (
            f"Under {ASKED}, the largest difference of a pixel between the density of this heart "
            f"and its image is {small(gap(ours))}.",
            f"With the dense exhibit {EXHIBIT.checkpoint} it is {small(gap(dense))}; that model's "
            f"reconstruction of the image has {score(rebuilt(dense))}.",
            "Along the decoder-mean path, which keeps no noise of a pixel, the image changes by "
            f"{small(once)} a pixel with {STATE.checkpoint} and by {small(dense_once)} with the "
            "exhibit.",
        ),
        (
            shown("Original", "the image", ours.original),
            shown(STATE.checkpoint, f"density under {ASKED}", ours.density),
            shown(EXHIBIT.checkpoint, f"density under {ASKED}", dense.density),
            shown(f"{EXHIBIT.checkpoint}, rebuilt", score(rebuilt(dense)), dense.reconstruction),
        ),
        _answer(*explorers),
    )


def gap(answer: CounterfactualAnswer) -> float:
    """max |p(x'_p = 1) − x_p| over the pixels."""
    return float(np.abs(answer.density - answer.original).max())


def rebuilt(answer: CounterfactualAnswer) -> CounterfactualAnswer:
    """The reconstruction, measured against the image."""
    return replace(answer, density=answer.reconstruction, truth=answer.original)


def decoder_mean(explorer: Explorer, times: int = 1) -> float:
    """Composition of the lesson's sprite along the path that keeps no residual."""
    v = torch.tensor([[value for _, value in STATE.sprite]])
    x = torch.from_numpy(explorer.checkpoint.dataset.render(v.numpy()))
    return composition(explorer.checkpoint.model, x, v, times)


def _answer(ours: Explorer, dense: Explorer) -> str:
    return (
        "It would. The noise of a pixel is abducted as whatever turns the decoder's probability "
        "into the pixel that was seen, so a null intervention gives the image back, however bad "
        "the decoder. The axiom of composition tests the machinery of a counterfactual, not its "
        "decoder. The decoder-mean path does: after ten null interventions in a row the image has "
        f"changed by {small(decoder_mean(ours, 10))} a pixel with {STATE.checkpoint} and by "
        f"{small(decoder_mean(dense, 10))} with {EXHIBIT.checkpoint}."
    )


LESSON = Lesson(
    id="asking-for-what-is-so",
    title="Asking for what is so",
    page="",
    state=STATE,
    asked="Would a decoder that paints nothing but grey pass this test as well? What would show "
    "that it is bad?",
    tell=tell,
)
