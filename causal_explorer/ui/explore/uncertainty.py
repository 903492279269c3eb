"""Maps of an answer: where the variance of each pixel comes from, and where pictures differ."""

from __future__ import annotations

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.sharing.panel import Figure
from causal_explorer.sharing.words import truth_under
from causal_explorer.ui.colours import cividis, diverging
from causal_explorer.ui.pictures import figures_html

_MOST = 0.25  # variance of a pixel that is on in half of the draws
TEXT = (
    "The variance of each pixel, split by the law of total variance: what the noise of the "
    "factors and the ambiguity of the evidence leave open, what z does, and what the noise of "
    "the pixel itself does. Yellow is 0.25, a pixel that is on in every other draw; dark blue is 0."
)
DIFFERENCES = (
    "Orange: brighter than what is subtracted; blue: darker; white: the same. Against the original "
    "one sees what do() changed, against the truth where the model errs."
)


def maps_html(answer: CounterfactualAnswer) -> str:
    """Four maps: the total and its three sources."""
    found = answer.uncertainty
    parts = (
        ("Total variance", found.total, "of each pixel"),
        ("From the factors", found.factors, "their noise, and what the evidence leaves open"),
        ("From z", found.latent, "the image's own noise, the factors known"),
        ("From the pixels", found.pixels, "each pixel's noise, all else known"),
    )
    return figures_html(
        "",
        [
            Figure(
                title,
                f"{caption}; {most(part)}",
                f"{title}, {most(part)}",
                cividis(part / _MOST),
            )
            for title, part, caption in parts
        ],
    )


def differences_html(answer: CounterfactualAnswer, coupling: str) -> str:
    """The density against the original and against the truth."""
    truth = "t" + truth_under(coupling)[1:]
    changed = ("Density − original", answer.density - answer.original, "what do() changed")
    if not answer.truth_known:
        return figures_html("", [_difference(*changed)])
    parts = (
        changed,
        (
            "Truth − original",
            answer.truth - answer.original,
            f"what it should have changed; {truth}",
        ),
        ("Density − truth", answer.density - answer.truth, f"the error; {truth}"),
    )
    return figures_html("", [_difference(*part) for part in parts])


def _difference(title: str, change: np.ndarray, caption: str) -> Figure:
    return Figure(
        title,
        f"{caption}; {most(change)}",
        f"{title}, {most(change)}",
        diverging(change),
    )


def most(picture: np.ndarray) -> str:
    """The largest amount in a picture, in words; a tiny one never reads as none."""
    found = float(np.abs(picture).max())
    if found < 0.001:
        return "everywhere under 0.001" if found else "0 everywhere"
    return f"up to {found:.3f}"
