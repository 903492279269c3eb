"""A treatment as a number: what the model draws at 0 and 1, between them and beyond."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.request import Request
from causal_explorer.ui.systems import answers, latents

_VALUES = (-3.0, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0)
TEXT = (
    "0 and 1 were seen in training. Everything else is extrapolation: it shows what the decoder "
    "takes the treatment for, and no truth stands beside it."
)


def show(request: Request, answer: Any, opened: Opened) -> None:
    """The strip, z held where the picture's posterior has its mean."""
    pictures = answers.treatments(request.checkpoint, request.unit, _VALUES)
    treatment = opened.targets[0].title
    st.html(latents.walk_html(pictures, f"{treatment} =", _VALUES))
    st.caption(TEXT)
