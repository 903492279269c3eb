"""Effects of a treatment: on this unit's like, and on average, each beside the truth."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.request import Request
from causal_explorer.ui.checks.measures import table_html
from causal_explorer.ui.systems import answers

TEXT = (
    "The truth of a unit is its own; the model sees the proxy alone, and tells the mean of all "
    "units that look alike. Naive is the difference of means between treated and untreated; "
    "regression adjusts for the proxy, which tells the hidden cause in part."
)


def show(request: Request, answer: Any, opened: Opened) -> None:
    """Two tables: expected outcomes of the unit, and average effects over held-out units."""
    outcome = opened.checkpoint.dataset.variables[1]
    draws = (request.samples, request.seed)
    own = answers.effects(request.checkpoint, request.unit, *draws)
    every = answers.effects(request.checkpoint, None, *draws)
    head = ("", "untreated", "treated", "effect")
    rows = [("model, units that look like it", *_three(own.outcomes[0], outcome.unit))]
    if own.truth is not None:
        rows.append(("truth, this unit", *_three(own.truth[0], outcome.unit)))
    st.markdown(f"**Expected {outcome.title} of this unit**")
    st.html(table_html(head, rows))
    st.markdown(f"**Average effect over {len(every.units):,} held-out units**")
    means = {
        "truth": every.truth_ate,
        "CEVAE": every.ate,
        "regression": every.regression_ate,
        "naive": every.naive,
    }
    table = [(name, f"{value:+.3f} {outcome.unit}") for name, value in means.items()]
    st.html(table_html(("estimate", "average effect"), table))
    st.caption(f"The model's figures are means over {request.samples:,} draws of z a unit. {TEXT}")


def _three(pair: Any, unit: str) -> tuple[str, str, str]:
    """Both outcomes and their difference, as they are written."""
    low, high = (float(value) for value in pair)
    return f"{low:.2f} {unit}", f"{high:.2f} {unit}", f"{high - low:+.2f} {unit}"
