"""Take it away: the question as a link and as Python, its answer as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing import panel as shown
from causal_explorer.sharing.link import query_string, to_params
from causal_explorer.sharing.panel import Panel
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.record import record
from causal_explorer.sharing.script import python_lines
from causal_explorer.ui import files, serving


@st.fragment
def panel(question: Question, answer: CounterfactualAnswer) -> None:
    """Link, files and lines; a file is made when its button is clicked.

    Args:
        question: as the page shows it.
        answer: to it.
    """
    page = (st.context.url or "").rstrip("/")  # unknown where no browser asks
    link = f"{page}/?{query_string(to_params(question, answer.variables))}"
    st.markdown(
        "**Link.** It asks this question again; an edited story or your image travels in it."
    )
    st.code(link, language=None, wrap_lines=True)
    st.markdown("**Files.** The picture keeps the link inside, the record all of its numbers.")
    files.buttons(
        _stem(question, answer.variables),
        link,
        lambda: shown.panel(question, answer),
        lambda: record(question, answer, link),
        _sweeps(question),
        "take_sweep",
    )
    st.markdown("**Python.** The same answer, wherever `causal_explorer` can be imported.")
    st.code(python_lines(question, answer.variables), language="python")


def _sweeps(question: Question) -> dict[str, tuple[str, Callable[[], Sequence[Panel]]]]:
    """The controls that change something: how a file calls each, and its panels."""
    known = question.sprite if question.evidence == "image" else question.factors
    controls = [f"do_{name}" for name, _ in question.do] + [name for name, _ in known]
    return {
        _named(control): (control.replace("_", "-"), partial(serving.strip, question, control))
        for control in controls
    }


def _named(control: str) -> str:
    """A control as the page calls it: a factor, or do() of one."""
    target = control.removeprefix("do_")
    return control if target == control else f"do({target} = …)"


def _stem(question: Question, variables: tuple[Variable, ...]) -> str:
    """The name of the files: "heart-do-shape-square"; "image" where its factors are not told."""
    by_name = {variable.name: variable for variable in variables}
    shape = variables[0].label(dict(question.sprite)[variables[0].name])
    parts = [shape if question.evidence == "sprite" else question.evidence]
    if question.do:
        parts += ["do", *(f"{name}-{by_name[name].label(k)}" for name, k in question.do)]
    return "-".join(parts)
