"""Pictures that follow a slider while it moves.

Streamlit's sliders commit on release. The frames of all values of the control under the hand are
computed in one batch, sent once, and swapped in the browser by live.js.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from causal_explorer.sharing.panel import Figure, Panel
from causal_explorer.ui.pictures import data_uri

_KEY = "live"
_SCRIPT = component(
    "causal_explorer.live", js=Path(__file__).with_name("live.js").read_text("utf-8")
)


@dataclass(frozen=True)
class Frame:
    """What a page shows at one value of a control.

    Attributes:
        figures: each in its slot.
        words: by slot.
    """

    figures: tuple[Figure, ...]
    words: Mapping[str, str] = field(default_factory=dict)


@st.fragment
def follow(keys: Mapping[str, int | None], frames: Callable[[str], Iterable[Frame]]) -> None:
    """Mounts the script; a control that is touched reruns only this.

    Args:
        keys: of the widgets that are followed, and the value that the page is at; None for one
            that nothing else on the page hangs on.
        frames: of one of them, one for each of its values; nothing where there are none.
    """
    wanted = st.session_state.get(_KEY, {}).get("wanted")
    found = [_told(frame) for frame in frames(wanted)] if wanted in keys else []
    key = wanted if found else None
    data = {"keys": list(keys), "key": key, "at": keys.get(wanted), "frames": found}
    _SCRIPT(key=_KEY, data=data, on_wanted_change=_nothing, height=1)


def frame(panel: Panel | None) -> Frame:
    """What the panel shows; where there is none, the page stays as it is."""
    if panel is None:
        return Frame(())
    words = {
        "sentence": panel.sentence,
        "formula": panel.formula,
        "l1": panel.l1,
        "iou": panel.iou,
        "remark": panel.remark,
    }
    return Frame(panel.figures, words)


def _told(frame: Frame) -> dict[str, Any]:
    """What each slot holds."""
    shown = dict[str, Any](frame.words)
    for figure in frame.figures:
        if figure.slot and figure.picture is not None:
            shown[figure.slot] = {"src": data_uri(figure.picture), "alt": figure.alt}
            shown[f"{figure.slot}-title"] = figure.title
            shown[f"{figure.slot}-caption"] = figure.caption
    return shown


def _nothing() -> None:
    """The rerun is all that a touch needs."""
