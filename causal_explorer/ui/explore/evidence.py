"""What is known of the image that is asked about: its widgets, and its words."""

from __future__ import annotations

import numpy as np
import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.posterior import Posterior
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.link import packed, unpack_picture
from causal_explorer.sharing.question import unpacked
from causal_explorer.sharing.words import describe, percent
from causal_explorer.ui import controls, memory, serving
from causal_explorer.ui.as_text import as_text, escape
from causal_explorer.ui.pictures import data_uri

_LISTED = 5  # explanations shown
_ADDRESS = "image"  # in a link: the picture that was uploaded
_STYLE = """<style>
ul.ce-why {display: flex; flex-wrap: wrap; gap: 0.75rem 1.25rem; margin: 0; padding: 0}
.ce-why li {margin: 0 !important; list-style: none; display: flex; align-items: center;
  gap: 0.6rem; font-size: 0.9rem}
.ce-why img {width: 56px; height: 56px; image-rendering: pixelated; border-radius: 3px}
</style>"""


def known(kind: str, variables: tuple[Variable, ...]) -> tuple[tuple[str, ...], bytes | None]:
    """What that kind of evidence asks for besides: known factors, and the user's picture.

    Args:
        kind: a key of `EVIDENCE`.
        variables: of the data set.
    """
    if kind == "upload":
        return (), _uploaded()
    if kind == "image":
        st.caption("The model sees the picture of this sprite, and none of its labels.")
    if kind == "factors":
        names = controls.known_factors(variables)
        st.caption("No image: only these factors are known, the story supplies the rest.")
        return tuple(names), None
    return (), None


def idle(kind: str, names: tuple[str, ...], variables: tuple[Variable, ...]) -> dict[str, str]:
    """The sprite's factors that the question does not look at, and why.

    Args:
        kind: of the evidence.
        names: of the known factors, where there is no image.
        variables: of the data set.
    """
    if kind == "upload":
        return {v.name: "Without effect: your own image is asked about." for v in variables}
    if kind == "factors":
        why = "Without effect: it is not among the known factors."
        return {v.name: why for v in variables if v.name not in names}
    return {}


def _uploaded() -> bytes | None:
    """The 512 bytes of the user's picture, from a file or from a link; None while there is none."""
    file = controls.upload(_taken_away)
    if file is None:
        return _from_link()
    try:
        found = serving.upload(file.getvalue())
    except ValueError as error:
        memory.forget(_ADDRESS)  # what is refused leaves no other picture asked about
        st.warning(as_text(error))
        return None
    left, right = st.columns(2)
    left.image(found.preview, caption="Your image", width="stretch")
    with right:
        _seen(found.picture)
    for remark in found.remarks:
        st.caption(remark)
    bits = np.packbits(found.picture).tobytes()
    memory.remember(_ADDRESS, packed(bits))
    return bits


def _from_link() -> bytes | None:
    """The picture that the address brings along."""
    text = memory.recall(_ADDRESS)
    if text is None:
        return None
    try:
        bits = unpack_picture(text)
    except ValueError as error:
        memory.forget(_ADDRESS)
        st.warning(as_text(error))
        return None
    _seen(unpacked(bits))
    st.button(
        "Remove it",
        key="remove_picture",
        icon=":material/close:",
        on_click=memory.forget,
        args=(_ADDRESS,),
        help="Takes the picture out of the question and of the address.",
    )
    return bits


def _taken_away() -> None:
    """The file's own cross removes the picture with it."""
    if st.session_state["upload"] is None:
        memory.forget(_ADDRESS)


def _seen(picture: np.ndarray) -> None:
    st.html(
        f'<img src="{data_uri(picture)}" alt="What the model sees: your image as 64 × 64 pixels, '
        'black and white" style="width: 100%; max-width: 128px; image-rendering: pixelated">'
    )
    st.caption("What the model sees")


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
    if share < 1e-6:
        return "less than 1 in a million"
    return percent(share) if share >= 0.01 else f"{100 * share:.2g} %"


def _by(found: Posterior) -> str:
    """How it is known what all others hold together."""
    if np.isnan(found.none):  # no image was searched for
        return ""
    return ", by a bound on all others" if found.bounded else ", by estimate"


def fit_text(answer: CounterfactualAnswer) -> str:
    """How sure the explanations are, and how well the first one fits."""
    found = answer.posterior
    count = "One explanation holds" if len(found) == 1 else f"{len(found):,} explanations hold"
    text = f"{count} {percent(found.covered)} of the posterior's mass{_by(found)}."
    if not np.isnan(found.none):
        if found.disturbed:
            text += " They take every stray pixel for the model's own noise."
        text += f" That it shows none of these, but something else: {_share(found.none)}."
    if not np.isnan(found.overlap):
        text += f" The first overlaps with the image by {found.overlap:.2f}."
        if found.overlap < 0.9:
            text += " That is far from any sprite: take the answer with care."
    return text
