"""The uncertainty maps: where the variance of each pixel comes from."""

from __future__ import annotations

from causal_explorer import CounterfactualAnswer
from causal_explorer.sharing.panel import Figure
from causal_explorer.ui.pictures import figures_html

_MOST = 0.25  # variance of a pixel that is on in half of the draws
TEXT = (
    "The variance of each pixel, split by the law of total variance: what the noise of the "
    "factors and the ambiguity of the evidence leave open, what z does, and what the noise of "
    "the pixel itself does. White is 0.25, a pixel that is on in every other draw."
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
                f"{caption}; up to {part.max():.3f}",
                f"{title}, at most {part.max():.3f}",
                part / _MOST,
            )
            for title, part, caption in parts
        ],
    )
