"""Pictures that follow a slider while it moves.

Streamlit's sliders commit on release. The frames of all values of the control under the hand are
computed in one batch, sent once, and swapped in the browser by live.js.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from causal_explorer.sharing.panel import Panel
from causal_explorer.sharing.question import Question
from causal_explorer.ui import serving
from causal_explorer.ui.pictures import data_uri

_KEY = "live"
_MOST = 1_001  # draws: with more, the frames of a sprite's factor take over a second
_SCRIPT = component("causal_explorer.live", js=Path(__file__).with_name("live.js").read_text())


@st.fragment
def follow(question: Question) -> None:
    """Mounts the script; a control that is touched reruns only this.

    Args:
        question: as the page shows it.
    """
    keys = [f"do_{name}" for name, _ in question.do]
    if question.samples <= _MOST and question.evidence != "upload":
        keys += [name for name, _ in question.sprite]
    wanted = st.session_state.get(_KEY, {}).get("wanted")
    panels = serving.strip(question, wanted) if wanted in keys else ()
    data = {"keys": keys, "key": wanted if panels else None, "frames": [*map(_frame, panels)]}
    _SCRIPT(key=_KEY, data=data, on_wanted_change=_nothing, height=1)


def _frame(panel: Panel) -> dict[str, Any]:
    """What each slot of the panel holds."""
    words = {
        "sentence": panel.sentence,
        "formula": panel.formula,
        "l1": panel.l1,
        "iou": panel.iou,
        "remark": panel.remark,
    }
    pictures = {
        figure.slot: {"src": data_uri(figure.picture), "alt": figure.alt}
        for figure in panel.figures
        if figure.picture is not None
    }
    return words | pictures


def _nothing() -> None:
    """The rerun is all that a touch needs."""
