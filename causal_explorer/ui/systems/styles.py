"""The same question twice: z abducted from the picture, and z drawn from its prior."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.panel import Figure, iou_text
from causal_explorer.sharing.request import Request, shown
from causal_explorer.sharing.words import truth_under
from causal_explorer.ui.pictures import figures_html
from causal_explorer.ui.systems import answers

TEXT = (
    "No label names the style, so only z can carry it through do(). Drawn from its prior, z is any "
    "style at all, and their average is nobody's."
)


def show(request: Request, answer: Any, opened: Opened) -> None:
    """Truth, abducted and prior, with the overlap of each."""
    prior = answers.without_abduction(request)
    truth = truth_under(opened.story.coupling)  # type: ignore[attr-defined]
    figures = (
        Figure(truth, "style included", f"{truth} and do()", shown(answer.truth)),
        Figure(
            "z abducted",
            f"IoU {iou_text(answer.iou)}",
            "The answer with z abducted from the picture",
            shown(answer.density),
        ),
        Figure(
            "z from the prior",
            f"IoU {iou_text(prior.iou)}",
            "The answer with z drawn from its prior",
            shown(prior.density),
        ),
    )
    st.html(figures_html("", figures, columns=3))
    st.caption(TEXT)
