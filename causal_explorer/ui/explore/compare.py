"""Two questions side by side: one is kept, the other is asked anew."""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.agreement import total_variation
from causal_explorer.sharing.link import from_params, query_string, to_params
from causal_explorer.sharing.panel import Figure
from causal_explorer.sharing.panel import panel as panel_of
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import percent
from causal_explorer.ui import memory, serving
from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.colours import diverging
from causal_explorer.ui.pictures import figures_html, panel_html

_KEPT = "kept"  # in the address: the query string of the question that was kept
_TEXT = (
    "Keep a question, then ask another one: both stay side by side, with the difference of their "
    "densities. The link of the page holds both."
)


def panel(question: Question, answer: CounterfactualAnswer) -> None:
    """The kept question beside the present one, and where their answers differ."""
    st.caption(_TEXT)
    address = memory.recall(_KEPT)
    with st.container(horizontal=True):
        st.button(
            "Keep this question",
            key="keep_question",
            icon=":material/push_pin:",
            on_click=memory.remember,
            args=(_KEPT, query_string(to_params(question, answer.variables))),
            help="Remembers the question as it stands, to compare the next one with it.",
        )
        if address:
            st.button(
                "Forget it",
                key="forget_question",
                on_click=memory.forget,
                args=(_KEPT,),
                help="Drops the question that was kept.",
            )
    if not address:
        return
    try:
        kept = from_params(parse_qs(address), answer.variables)
        other = serving.answer(kept)
    except (ValueError, OSError) as error:
        st.warning(f"The question that was kept cannot be shown: {as_text(error)}")
        return
    left, right = st.columns(2, gap="large")
    left.html(panel_html(panel_of(kept, other), "A, kept.", live=False))
    right.html(panel_html(panel_of(question, answer), "B, now."))
    _difference(other, answer)


def _difference(kept: CounterfactualAnswer, now: CounterfactualAnswer) -> None:
    """Where the two densities differ, and by how much each factor's law does."""
    moved = [
        f"{variable.name} {percent(share)}"
        for variable in now.variables
        if (share := total_variation(kept.shares(variable.name), now.shares(variable.name))) > 0
    ]
    told = "Of the draws' classes differ: " + ", ".join(moved) if moved else "The factors agree"
    change = now.density - kept.density
    figure = Figure(
        "B − A",
        f"orange: more likely on in B; blue: in A; up to {abs(change).max():.2f}",
        "Difference of the two densities",
        diverging(change),
    )
    st.html(figures_html("", [figure]))
    st.caption(f"{told}.")
