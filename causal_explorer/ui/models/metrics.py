"""A model's figures beside its paper's, as its benchmark kept them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from causal_explorer.sharing.words import figure
from causal_explorer.ui.checks.measures import table_html

_FIRST = 16  # rows that are shown at once


def show(study: Mapping[str, Any]) -> None:
    """The first figures, and the others on demand."""
    rows = study["metrics"]
    st.html(metrics_html(rows[:_FIRST]))
    if rows[_FIRST:]:
        with st.expander(f"{len(rows) - _FIRST} more figures"):
            st.html(metrics_html(rows[_FIRST:]))
    st.caption(f"`{study['command']}` prints these figures.")


def metrics_html(metrics: Sequence[Mapping[str, Any]]) -> str:
    """A row for each metric: ours, the paper's, and on what each was measured."""
    rows = [
        (
            str(own["name"]),
            _beside(figure(own.get("ours"), own.get("unit"))),
            _beside(figure(own.get("paper"), own.get("unit"))),
            "; ".join(str(own[key]) for key in ("data", "note") if own.get(key)),
        )
        for own in metrics
    ]
    return table_html(("", "ours", "published", "measured on"), rows, "80rem", "44rem")


def _beside(text: str) -> str:
    """A number that stays beside the first word of its unit."""
    return text.replace(" ", "\u00a0", 1)
