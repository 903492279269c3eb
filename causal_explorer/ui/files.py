"""An answer as files: the same three buttons on every page that has one to take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from causal_explorer.sharing.animation import sweep_gif
from causal_explorer.sharing.panel import Panel
from causal_explorer.sharing.picture import panel_png
from causal_explorer.sharing.record import to_json


def buttons(
    stem: str,
    link: str,
    panel: Callable[[], Panel],
    record: Callable[[], Mapping[str, Any]],
    sweeps: Mapping[str, tuple[str, Callable[[], Sequence[Panel]]]],
    key: str,
) -> None:
    """Picture, record and animation; a file is made when its button is clicked.

    Args:
        stem: that their names begin with.
        link: kept in the picture.
        panel: of the answer.
        record: of question and answer.
        sweeps: of each control that can be swept, how a file calls it and its panels; where
            there is none, there is no animation.
        key: of the widget that chooses the control.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _button(
            "Picture (PNG)",
            lambda: panel_png(panel(), link),
            f"{stem}.png",
            "image/png",
            "The question, its four pictures and how far they are apart, as one picture.",
        )
        _button(
            "Record (JSON)",
            lambda: to_json(record()),
            f"{stem}.json",
            "application/json",
            "All inputs, versions and the weights' checksum, the values before and after, and "
            "density and truth pixel by pixel.",
        )
        if not sweeps:
            return
        control = st.selectbox(
            "Control to sweep",
            list(sweeps),
            key=key,
            help="The animation shows the panel at each value of this control, all others as "
            "they are.",
            width=240,
        )
        named, panels = sweeps[control]
        _button(
            "Animation (GIF)",
            lambda: sweep_gif(panels()),
            f"{stem}-sweep-{named}.gif",
            "image/gif",
            "It is made once it is clicked; with many values or samples that takes some seconds.",
        )


def _button(label: str, make: Callable[[], Any], file: str, mime: str, words: str) -> None:
    st.download_button(
        label,
        make,
        file,
        mime,
        key=f"take_{file.rpartition('.')[2]}",
        help=words,
        on_click="ignore",
        icon=":material/download:",
    )
