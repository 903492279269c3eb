"""Take it away: the question as a link and as Python, its answer as files."""

from __future__ import annotations

import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing import panel as shown
from causal_explorer.sharing.animation import sweep_gif
from causal_explorer.sharing.link import query_string, to_params
from causal_explorer.sharing.picture import panel_png
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.record import record, to_json
from causal_explorer.sharing.script import python_lines
from causal_explorer.ui import serving

_ICON = ":material/download:"


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
    _files(question, answer, link)
    st.markdown("**Python.** The same answer, wherever `causal_explorer` can be imported.")
    st.code(python_lines(question, answer.variables), language="python")


def _files(question: Question, answer: CounterfactualAnswer, link: str) -> None:
    """A button for each file."""
    stem = _stem(question, answer.variables)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Picture (PNG)",
            lambda: panel_png(shown.panel(question, answer), link),
            f"{stem}.png",
            "image/png",
            key="take_png",
            help="The question, its four pictures and the two numbers, as one picture.",
            on_click="ignore",
            icon=_ICON,
        )
        st.download_button(
            "Record (JSON)",
            lambda: to_json(record(question, answer, link)),
            f"{stem}.json",
            "application/json",
            key="take_json",
            help="All inputs, versions and the weights' checksum, the factors before and after, "
            "and density and truth pixel by pixel.",
            on_click="ignore",
            icon=_ICON,
        )
        _animation(question, stem)


def _animation(question: Question, stem: str) -> None:
    """The control to sweep, and the button for its GIF; nothing where none would change a thing."""
    targets = [f"do_{name}" for name, _ in question.do]
    known = question.sprite if question.evidence == "image" else question.factors
    controls = targets + [name for name, _ in known]
    if not controls:
        return
    control = st.selectbox(
        "Control to sweep",
        controls,
        format_func=_named,
        key="take_sweep",
        help="The animation shows the panel at each value of this control, all others as they are.",
        width=220,
    )
    st.download_button(
        "Animation (GIF)",
        lambda: sweep_gif(serving.strip(question, control)),
        f"{stem}-sweep-{control.replace('_', '-')}.gif",
        "image/gif",
        key="take_gif",
        help="It is made once it is clicked; with 10,000 samples that takes some seconds.",
        on_click="ignore",
        icon=_ICON,
    )


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
