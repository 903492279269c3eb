"""A latent variable model: the picture, its reconstruction, and a walk along one latent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from causal_explorer.checkpoint import shipped, study
from causal_explorer.data import units
from causal_explorer.inference import agreement
from causal_explorer.inference.latents import ALONG
from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.panel import MEANING, Figure, iou_text, l1_text
from causal_explorer.sharing.request import Values, shown
from causal_explorer.ui.address import bound
from causal_explorer.ui.pictures import data_uri, figures_html, numbers_html
from causal_explorer.ui.systems import answers, unit

_UNNAMED = (
    "A traversal moves one latent and holds the others. It is not an intervention: no latent is a "
    "variable of a causal model, and no structural assignment says what follows from it. "
    "Numbers are standard deviations of the prior."
)
_NAMED = (
    "A traversal moves one concept and holds the others fixed. It is not an intervention: under "
    "do() the descendants of the concept would answer. Numbers are standard deviations from the "
    "concept's mean."
)
_STYLE = """<style>
.ce-walk {display: grid; grid-template-columns: repeat(9, minmax(44px, 1fr)); gap: 6px;
  overflow-x: auto; max-width: 1000px; padding-bottom: 4px}
.ce-walk figure {margin: 0; font-size: 0.8rem; text-align: center;
  font-variant-numeric: tabular-nums}
.ce-walk img {width: 100%; display: block; image-rendering: pixelated; border-radius: 3px}
</style>"""


def show(name: str, opened: Opened, values: Values) -> None:
    """Picture and reconstruction side by side, and the strip of one latent."""
    dataset = opened.checkpoint.dataset
    picture = units.picture(dataset, dict(values))
    found = answers.reconstruction(name, values)
    figures = (
        Figure("Original", "the renderer's picture", "Original", shown(picture)),
        Figure("Reconstruction", "encoded, and decoded again", "Reconstruction", shown(found)),
    )
    numbers = numbers_html(
        "the original",
        l1_text(agreement.l1(found, picture)),
        iou_text(agreement.iou(found, picture)),
        MEANING,
    )
    with st.container():  # as on the pages of other systems: no part of them is taken for another
        st.html(figures_html("", figures, below=numbers))
    with st.container():
        st.subheader("Along a latent", anchor=False)
        strip(name, values, opened)


def strip(name: str, values: Values, opened: Opened) -> None:
    """The slider that chooses a latent, and the pictures along it."""
    latent = _chosen(name, opened)
    words = f"{called(opened, latent)} at"
    st.html(walk_html(answers.walk(name, values, latent), words, ALONG))
    st.caption(text(opened))


def called(opened: Opened, latent: int) -> str:
    """A latent by the name of its concept, or by its number."""
    names = opened.latent_names
    return names[latent].capitalize() if names else f"Latent {latent}"


def text(opened: Opened) -> str:
    """Why a traversal of the model's latents is not an intervention."""
    return _NAMED if opened.latent_names else _UNNAMED


def _chosen(name: str, opened: Opened) -> int:
    """The control of the latent: its concepts by name, or a slider of numbers."""
    own, names = unit.key(name, "latent"), opened.latent_names
    if not names:
        return bound(
            st.slider,
            "Latent",
            0,
            opened.checkpoint.model.latents - 1,
            telling(name),
            key=own,
            help="Which latent moves. Those that tell nothing change nothing.",
        )
    chosen = bound(
        st.segmented_control,
        "Concept",
        names,
        default=names[0],
        required=True,
        key=own,
        help="Which concept moves, all others held fixed.",
    )
    return names.index(chosen or names[0])


def telling(name: str) -> int:
    """The latent that tells most of a picture, as the checkpoint's study measured it."""
    found = study(name) if name in shipped() else None  # what a stranger kept is not drawn
    nats = ((found or {}).get("series") or {}).get("unit_nats") or [0.0]
    return nats.index(max(nats))


def walk_html(pictures: np.ndarray, words: str, along: Sequence[float]) -> str:
    """Pictures along a latent, each under its value.

    Args:
        pictures: (K, …) floats in [0, 1].
        words: what moves.
        along: the K values.
    """
    cells = "".join(
        f'<figure><img src="{data_uri(shown(picture))}" alt="{words} {value:+.1f}">'
        f"<figcaption>{value:+.1f}</figcaption></figure>"
        for value, picture in zip(along, pictures, strict=True)
    )
    box = f'<div class="ce-walk" role="region" tabindex="0" aria-label="{words}">'
    return f"{_STYLE}{box}{cells}</div>"
