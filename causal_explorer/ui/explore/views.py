"""What the page Explore shows below the pictures: the graph, and one closer look at a time."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from causal_explorer import CounterfactualAnswer, Explorer
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.sharing.question import Question
from causal_explorer.ui import serving
from causal_explorer.ui.explore import compare, couplings, optimised, takeaway, uncertainty
from causal_explorer.ui.explore.changes import changes, table_html
from causal_explorer.ui.graph import caption, dot
from causal_explorer.ui.steps import walkthrough


def graph(model: Explorer, answer: CounterfactualAnswer, do: Mapping[str, int]) -> None:
    """The causal graph under do()."""
    labels = {v.name: v.label(do[v.name]) for v in answer.variables if v.name in do}
    cut, descendants = (answer.cut, answer.descendants) if do else ((), ())
    hidden = [variable.name for variable in model.story.hidden]
    words = caption(model.story.graph, labels, cut, descendants)
    st.graphviz_chart(
        dot(model.story.graph, labels, cut, descendants, hidden), alt=f"Causal graph. {words}"
    )
    st.caption(words)


def look_closer(question: Question, answer: CounterfactualAnswer) -> None:
    """Tabs, of which only the open one is computed; the address says which."""
    views = _VIEWS if question.do else {"Take it away": takeaway.panel}
    tabs = st.tabs(list(views), key="view", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                show(question, answer)


def _moved(question: Question, answer: CounterfactualAnswer) -> None:
    """What became of each factor."""
    story = serving.explorer(question.checkpoint, question.story).story
    st.html(table_html(changes(answer, story.graph)))


def _uncertainty(_: Question, answer: CounterfactualAnswer) -> None:
    """Where the variance comes from, and where the pictures differ."""
    st.html(uncertainty.maps_html(answer))
    st.caption(uncertainty.TEXT)
    st.html(uncertainty.differences_html(answer))
    st.caption(uncertainty.DIFFERENCES)


def _couplings(question: Question, _: CounterfactualAnswer) -> None:
    """The same question under both couplings."""
    answers = {name: serving.answer(question.under(name)) for name in COUPLINGS}
    st.html(couplings.side_by_side_html(answers))
    st.markdown(couplings.sentence(serving.couplings_apart(question)))
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
