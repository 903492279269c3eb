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
from causal_explorer.metrics import paths
from causal_explorer.metrics.composition import composition
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import notation, small

STATE = Question("scm-vae", "default", HEART, (("shape", 2),), 1001, 0, "gumbel")
EXHIBIT = replace(STATE, checkpoint="scm-vae-mlp")
STYLED = "scm-vae-styled"
STRIPES = (1, 3, 2)  # the style, direction and width of what it is asked about
ASKED = notation(dict(STATE.do), FACTORS)


def tell(open_explorer: Opener) -> Told:
    """The null intervention by two models, with and without the noise of the pixels."""
    names = (STATE.checkpoint, EXHIBIT.checkpoint, STYLED)
    explorers = [open_explorer(name, STATE.story) for name in names]
    ours, dense = STATE.ask(explorers[0]), EXHIBIT.ask(explorers[1])
    once, dense_once, striped = (decoder_mean(explorer) for explorer in explorers)
    return Told(
        (
            f"Under {ASKED}, the largest difference of a pixel between the density of this heart "
            f"and its image is {small(gap(ours))}.",
            f"With the dense exhibit {EXHIBIT.checkpoint} it is {small(gap(dense))}; that model's "
            f"reconstruction of the image has {score(rebuilt(dense))}.",
            "Along the decoder-mean path, which keeps no noise of a pixel, the image changes by "
            f"{small(once)} a pixel with {STATE.checkpoint}, by {small(dense_once)} with the "
            f"exhibit and, striped, by {small(striped)} with {STYLED}.",
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
    return composition(explorer.checkpoint.model, *sprite(explorer), times)


def sprite(explorer: Explorer) -> tuple[torch.Tensor, torch.Tensor]:
    """(1, 64, 64) the lesson's sprite, striped where pictures have a style, and its classes."""
    dataset = explorer.checkpoint.dataset
    v = torch.tensor([[value for _, value in STATE.sprite]])
    return torch.from_numpy(dataset.render(dataset.units(v.numpy(), STRIPES))), v


def blindness(explorer: Explorer) -> float:
    """max |f(x) - f(0)|: what a black picture in the sprite's place changes on that path."""
    x, v = sprite(explorer)
    f = paths.decoder_mean(explorer.checkpoint.model)
    return float((f(x, v, v) - f(torch.zeros_like(x), v, v)).abs().max())


def _answer(ours: Explorer, dense: Explorer, styled: Explorer) -> str:
    return (
        "It would. The noise of a pixel is abducted as whatever turns the decoder's probability "
        "into the pixel that was seen, so a null intervention gives the image back, however bad "
        "the decoder. The axiom of composition tests the machinery of a counterfactual, not its "
        "decoder. The decoder-mean path does: after ten null interventions in a row the image has "
        f"changed by {small(decoder_mean(ours, 10))} a pixel with {STATE.checkpoint}, by "
        f"{small(decoder_mean(dense, 10))} with {EXHIBIT.checkpoint} and, striped, by "
        f"{small(decoder_mean(styled, 10))} with {STYLED}. It is a test only where z has to keep "
        "something. Give a black picture in the heart's place, and a pixel changes by as much as "
        f"{small(blindness(dense))} with the exhibit and {small(blindness(styled))} with {STYLED}, "
        f"but by {small(blindness(ours))} with {STATE.checkpoint}, whose z says nothing: what it "
        "gives back it paints from the labels alone."
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
