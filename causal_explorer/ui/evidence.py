"""What is known of the image that is asked about: its widgets, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.scm.variables import Variable
from causal_explorer.ui import controls, serving
from causal_explorer.ui.changes import percent
from causal_explorer.ui.pictures import data_uri
from causal_explorer.ui.question import Classes, describe

_LISTED = 5  # explanations shown
_STYLE = """<style>
ul.ce-why {display: flex; flex-wrap: wrap; gap: 0.75rem 1.25rem; margin: 0; padding: 0}
.ce-why li {margin: 0 !important; list-style: none; display: flex; align-items: center;
  gap: 0.6rem; font-size: 0.9rem}
.ce-why img {width: 56px; height: 56px; image-rendering: pixelated; border-radius: 3px}
</style>"""


@dataclass(frozen=True)
class Evidence:
    """What the library is told.

    Attributes:
        kind: a key of `controls.EVIDENCE`.
        factors: classes that are known.
        image: 512 bytes, the picture at 1 bit a pixel; None where there is none.
    """

    kind: str
    factors: Classes
    image: bytes | None


def known(kind: str, factors: Classes, variables: tuple[Variable, ...]) -> Evidence:
    """The evidence of that kind, with the widgets that only this kind has.

    Args:
        kind: as chosen.
        factors: of the sprite in the sidebar.
        variables: of the data set.
    """
    if kind == "upload":
        return Evidence(kind, (), _uploaded())
    if kind == "image":
        st.caption("The model sees the picture of this sprite, and none of its labels.")
        picture = serving.picture(tuple(value for _, value in factors))
        return Evidence(kind, (), np.packbits(picture).tobytes())
    if kind == "factors":
        names = controls.known_factors(variables)
        st.caption("No image: only these factors are known, the story supplies the rest.")
        return Evidence(kind, tuple((n, k) for n, k in factors if n in names), None)
    return Evidence(kind, factors, None)


def _uploaded() -> bytes | None:
    """The uploaded picture as the model sees it; None while there is none."""
    file = controls.upload()
    if file is None:
        return None
    try:
        found = serving.upload(file.getvalue())
    except ValueError as error:
        st.warning(str(error))
        return None
    left, right = st.columns(2)
    left.image(found.preview, caption="Your image", width="stretch")
    right.html(
        f'<img src="{data_uri(found.picture)}" alt="What the model sees: your image as 64 × 64 '
        'pixels, black and white" style="width: 100%; image-rendering: pixelated">'
    )
    right.caption("What the model sees")
    for remark in found.remarks:
        st.caption(remark)
    return np.packbits(found.picture).tobytes()


def explanations_html(answer: CounterfactualAnswer) -> str:
    """The most probable explanations of the evidence, each with its picture."""
    found = answer.posterior
    names = [variable.name for variable in found.variables]
    rows = []
    for row, share in zip(found.classes[:_LISTED], found.probabilities, strict=False):
        words = describe(dict(zip(names, row.tolist(), strict=True)), found.variables)
        picture = data_uri(serving.picture(tuple(row.tolist())))
        rows.append(
            f'<li><img src="{picture}" alt="{escape(words)}"><span><b>{_share(share)}</b><br>'
            f"{escape(words)}</span></li>"
        )
    return f'{_STYLE}<ul class="ce-why">{"".join(rows)}</ul>'


def _share(share: float) -> str:
    """Per cent; small ones with as many digits as they need."""
    return percent(share) if share >= 0.01 else f"{100 * share:.2g} %"


def fit_text(answer: CounterfactualAnswer) -> str:
    """How sure the explanations are, and how well the first one fits."""
    found = answer.posterior
    count = "One explanation holds" if len(found) == 1 else f"{len(found):,} explanations hold"
    text = f"{count} {percent(found.covered)} of the posterior's mass."
    if not np.isnan(found.overlap):
        text += f" The first overlaps with the image by {found.overlap:.2f}."
        if found.overlap < 0.9:
            text += " That is far from any sprite: take the answer with care."
    return text
