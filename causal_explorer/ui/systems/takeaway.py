"""Take it away: a system's question as Python, its answer as files."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.animation import sweep_gif
from causal_explorer.sharing.link import query_string
from causal_explorer.sharing.picture import panel_png
from causal_explorer.sharing.record import to_json
from causal_explorer.sharing.request import Request, request_lines, request_panel, rung, swept
from causal_explorer.sharing.request_record import request_record
from causal_explorer.ui.systems import answers, unit

_ICON = ":material/download:"
_FRAMES = 128  # frames of an animation


@st.fragment
def panel(request: Request, answer: Any, opened: Opened) -> None:
    """Files and lines; a file is made when its button is clicked.

    Args:
        request: as the page shows it.
        answer: to it.
        opened: that gave it.
    """
    link = f"{(st.context.url or '').rstrip('/')}/?{query_string(unit.address(request, opened))}"
    done = (f"{name}-{value:g}" for name, value in request.do)
    stem = "-".join([request.checkpoint, "do", *done])
    st.markdown("**Files.** The picture keeps the link inside, the record all of its numbers.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Picture (PNG)",
            lambda: panel_png(request_panel(request, answer, opened), link),
            f"{stem}.png",
            "image/png",
            key="take_png",
            help="The question, its four pictures and the error, as one picture.",
            on_click="ignore",
            icon=_ICON,
        )
        st.download_button(
            "Record (JSON)",
            lambda: to_json(request_record(request, answer, opened, link)),
            f"{stem}.json",
            "application/json",
            key="take_json",
            help="All inputs, versions and the weights' checksum, the values before and after, "
            "and density and truth pixel by pixel.",
            on_click="ignore",
            icon=_ICON,
        )
        _animation(request, opened, stem)
    st.markdown("**Python.** The same answer, wherever `causal_explorer` can be imported.")
    st.code(request_lines(request, rung(opened)), language="python")
    st.caption("The address of this page asks the same question again.")


def _animation(request: Request, opened: Opened, stem: str) -> None:
    """The control to sweep, and the button for its GIF."""
    found = swept(request, opened, _FRAMES)
    if not found:
        return
    titles = {v.name: v.title for v, _ in found}
    name, done = st.selectbox(
        "Control to sweep",
        [(variable.name, done) for variable, done in found],
        format_func=lambda one: f"do({titles[one[0]]} = …)" if one[1] else titles[one[0]],
        key=unit.key(request.checkpoint, "sweep"),
        help="The animation shows the panel at each value of this control, all others as they are.",
        width=260,
    )
    st.download_button(
        "Animation (GIF)",
        lambda: sweep_gif([p for p in answers.strip(request, name, done) if p is not None]),
        f"{stem}-sweep-{'do-' if done else ''}{name}.gif",
        "image/gif",
        key="take_gif",
        help="It is made once it is clicked; that takes some seconds.",
        on_click="ignore",
        icon=_ICON,
    )
