"""Rung 2 of a system: the average picture of its population under the same do()."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.panel import Figure
from causal_explorer.sharing.request import Request, shown, values_text
from causal_explorer.ui import controls
from causal_explorer.ui.pictures import figures_html
from causal_explorer.ui.systems import answers

TEXT = (
    "The second rung: every unit of a population has the target set, and the pictures are "
    "averaged. It asks nothing of the one unit above, and keeps nothing of it."
)


def show(request: Request, answer: Any, opened: Opened) -> None:
    """The population under do(), as the model has it and in truth."""
    if not opened.draws:  # there is no seed beside the unit, as it would change nothing there
        request = replace(request, seed=controls.seed())
    found = answers.population(request)
    formula = f"do({values_text(dict(request.do), opened.targets)})"
    words = f"{request.samples:,} units under {formula}"
    figures = (
        Figure("Population", words, "Average by the model", shown(found.density)),
        Figure("Truth", "the same, rendered", "Average in truth", shown(found.truth)),
    )
    st.html(figures_html("", figures))
    st.caption(f"L1 a pixel {found.l1:.4f}. {TEXT}")
