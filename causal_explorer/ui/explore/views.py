"""What the page Explore shows below the pictures, one closer look at a time."""

from __future__ import annotations

import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.sharing.link import query_string, to_params
from causal_explorer.sharing.question import Question
from causal_explorer.ui import live, serving
from causal_explorer.ui.address import tabs
from causal_explorer.ui.explore import compare, couplings, optimised, takeaway, uncertainty
from causal_explorer.ui.explore.changes import changes, table_html
from causal_explorer.ui.steps import step_figures, walkthrough


def frames(question: Question, answer: CounterfactualAnswer, control: str) -> list[live.Frame]:
    """What the page shows at every value of a control.

    Args:
        question: as it stands.
        answer: to it.
        control: one of `controls.followed`.
    """
    if control != "draw":
        return list(map(live.frame, serving.strip(question, control)))
    found = serving.steps(question)
    return [
        live.Frame(tuple(step_figures.outcome(answer, found.pixels, draw, found.coupling)))
        for draw in range(len(found))
    ]


def look_closer(question: Question, answer: CounterfactualAnswer) -> None:
    """Tabs, of which only the open one is computed; the address says which."""
    views = _VIEWS if question.do else {"Take it away": takeaway.panel}
    for tab, show in zip(tabs(list(views), "view"), views.values(), strict=True):
        if tab.open:
            with tab:
                show(question, answer)


def _moved(question: Question, answer: CounterfactualAnswer) -> None:
    """What became of each factor, and the way to what the same words say of all sprites."""
    story = serving.explorer(question.checkpoint, question.story).story
    st.html(table_html(changes(answer, story.graph)))
    if question.evidence == "sprite":
        st.link_button(
            "Open in Three rungs",
            f"./rungs?{query_string(to_params(question, answer.variables))}",
            icon=":material/open_in_new:",
            help="The same words seen and done as well, of this sprite and under this story.",
        )


def _uncertainty(question: Question, answer: CounterfactualAnswer) -> None:
    """Where the variance comes from, and where the pictures differ."""
    st.html(uncertainty.maps_html(answer))
    st.caption(uncertainty.TEXT)
    st.html(uncertainty.differences_html(answer, question.coupling))
    st.caption(uncertainty.DIFFERENCES)


def _couplings(question: Question, _: CounterfactualAnswer) -> None:
    """The same question under both couplings."""
    answers = {name: serving.answer(question.under(name)) for name in COUPLINGS}
    st.html(couplings.side_by_side_html(answers))
    st.markdown(couplings.sentence(serving.couplings_apart(question)))
    st.markdown(couplings.truths(answers))
    st.caption(couplings.TEXT)


_VIEWS = {
    "What moved, and why": _moved,
    "Step by step": walkthrough.panel,
    "How sure is it?": _uncertainty,
    "Couplings": _couplings,
    "Compare": compare.panel,
    "By optimisation": optimised.panel,
    "Take it away": takeaway.panel,
}
