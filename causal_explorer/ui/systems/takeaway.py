"""Take it away: a system's question as Python, its answer as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.link import query_string
from causal_explorer.sharing.panel import Panel
from causal_explorer.sharing.request import Request, request_lines, request_panel, rung, swept
from causal_explorer.sharing.request_record import request_record
from causal_explorer.ui import files
from causal_explorer.ui.systems import answers, unit

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
    files.buttons(
        stem,
        link,
        lambda: request_panel(request, answer, opened),
        lambda: request_record(request, answer, opened, link),
        _sweeps(request, opened),
        unit.key(request.checkpoint, "sweep"),
    )
    st.markdown("**Python.** The same answer, wherever `causal_explorer` can be imported.")
    st.code(request_lines(request, rung(opened)), language="python")
    st.caption("The address of this page asks the same question again.")


def _sweeps(
    request: Request, opened: Opened
) -> dict[str, tuple[str, Callable[[], Sequence[Panel]]]]:
    """The controls that change something: how a file calls each, and its panels."""
    found = {}
    for variable, done in swept(request, opened, _FRAMES):
        shown = f"do({variable.title} = …)" if done else variable.title
        named = f"do-{variable.name}" if done else variable.name
        found[shown] = (named, partial(_panels, request, variable.name, done))
    return found


def _panels(request: Request, name: str, done: bool) -> list[Panel]:
    """At every value that can be asked."""
    return [panel for panel in answers.strip(request, name, done) if panel is not None]
