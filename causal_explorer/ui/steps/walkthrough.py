"""One query step by step: evidence, abduction, action, prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.steps import Steps
from causal_explorer.scm.actions import Set
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.question import Question
from causal_explorer.ui import serving
from causal_explorer.ui.as_text import MANY, as_text
from causal_explorer.ui.checks.measures import table_html
from causal_explorer.ui.explore.evidence import explanations_html, fit_text
from causal_explorer.ui.explore.uncertainty import DIFFERENCES
from causal_explorer.ui.graph import caption, dot
from causal_explorer.ui.pictures import figures_html
from causal_explorer.ui.steps import (
    pipeline,
    step_controls,
    step_figures,
    step_numbers,
    step_words,
)
from causal_explorer.ui.steps.assignment import (
    Assignment,
    after_do,
    before_do,
    gumbel_span,
    possible,
)
from causal_explorer.ui.steps.noise_figures import (
    gumbel_figure,
    latent_figure,
    monotone_figure,
    shares_figure,
)

_STILL = {"displayModeBar": False}
_WORDS_AND_TWO, _WORDS_AND_MORE = [4, 5, 5], [4, 10]  # widths of columns


@dataclass(frozen=True)
class _View:
    """What is on the screen.

    Attributes:
        question: that is asked.
        answer: to it.
        found: its first draws.
        story: its causal story.
        draw: the one that is shown, from 0; None for the average.
    """

    question: Question
    answer: CounterfactualAnswer
    found: Steps
    story: SCM
    draw: int | None

    @property
    def do(self) -> dict[str, str]:
        """Targets and the labels of their values."""
        done = dict(self.question.do)
        return {v.name: v.label(done[v.name]) for v in self.answer.variables if v.name in done}


@st.fragment
def panel(question: Question, answer: CounterfactualAnswer) -> None:
    """The pipeline, and one of its steps; its widgets rerun nothing else.

    Args:
        question: with at least one target.
        answer: to it.
    """
    found = serving.steps(question)
    story = serving.explorer(question.checkpoint, question.story).story
    with st.container(key="steps"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            step = step_controls.step(pipeline.STEPS)
            draw = step_controls.draw(len(found))
        view = _View(question, answer, found, story, draw)
        st.html(pipeline.pipeline_html(answer, found.pixels, draw, view.do, step))
        (_evidence, _abduction, _action, _prediction)[step - 1](view)


def _evidence(view: _View) -> None:
    """What is known, and what it says of the factors."""
    question, answer, found = view.question, view.answer, view.found
    st.markdown(step_words.evidence_sentence(question, answer.variables))
    st.latex(step_words.evidence_equation(question, answer.variables))
    st.html(figures_html("", step_figures.evidence(answer, found, view.draw)))
    if len(question.factors) < len(answer.variables):
        st.html(explanations_html(answer))
        st.caption(fit_text(answer))
    known = [name for name, _ in question.factors]
    _numbers(step_numbers.evidence(answer, found.factors, known, view.draw))


def _abduction(view: _View) -> None:
    """The noise of a factor, of the pixels and of the image, before and after."""
    pixels, coupling = view.found.pixels, view.found.coupling
    st.markdown(step_words.abduction_sentence(pixels))
    of_factor, of_pixel = step_words.abduction_equations(coupling, pixels)
    variable = step_controls.factor(view.found.factors.variables)
    words, before, after = st.columns(_WORDS_AND_TWO, gap="medium")
    words.latex(of_factor)
    words.html(pipeline.key_html(coupling, False, True, len(view.found)))
    side = before_do(view.found.factors, variable)
    prior = Assignment(variable, side.rows, None, side.classes)
    _noise(before, view, prior, [side], "Before: the noise follows its prior")
    _noise(after, view, side, [side], "After: the noise gives what is known")
    words, maps = st.columns(_WORDS_AND_MORE, gap="medium")
    words.latex(of_pixel)
    if pixels.x is not None:
        maps.html(figures_html("", step_figures.noise_maps(view.answer, pixels, view.draw)))
        maps.caption(step_words.SURE)
    words, chart = st.columns(_WORDS_AND_MORE, gap="medium")
    words.latex(step_words.latent_equation(pixels))
    words.caption(step_words.latent_sentence(pixels, view.draw is not None))
    chart.plotly_chart(
        latent_figure(pixels, view.draw),
        config=_STILL,
        key="step z",
        alt="Mean and standard deviation of each z, beside its prior",
    )
    tables = [step_numbers.noise(side, view.draw)]
    if pixels.x is not None:
        tables.append(step_numbers.pixels(pixels, view.draw))
    _numbers(*tables)


def _action(view: _View) -> None:
    """The graph and the assignments, before and after."""
    graph, answer = view.story.graph, view.answer
    hidden = [variable.name for variable in view.story.hidden]
    st.markdown(step_words.action_sentence(view.do, len(answer.cut)))
    for column, title, do, cut, moves in zip(
        st.columns(2, gap="medium"),
        ("Before", "After do()"),
        ({}, view.do),
        (frozenset[tuple[str, str]](), answer.cut),
        (frozenset[str](), answer.descendants),
        strict=True,
    ):
        with column:
            st.markdown(f"**{title}**")
            st.graphviz_chart(
                dot(graph, do, cut, moves, dict.fromkeys(hidden, "hidden"), hidden),
                alt=f"{title}. {caption(graph, do, cut, moves)}",
            )
            st.latex(step_words.assignments(graph, view.story.order, do))
    words = caption(graph, view.do, answer.cut, answer.descendants)
    st.caption(as_text(words, longest=MANY))
    _numbers(step_numbers.action(graph, answer, view.do))


def _prediction(view: _View) -> None:
    """The same noise under the changed rows, and the picture that follows."""
    answer, pixels, coupling = view.answer, view.found.pixels, view.found.coupling
    st.markdown(step_words.PREDICTION)
    of_factor, of_pixel = step_words.prediction_equations(coupling, pixels)
    variable = step_controls.factor(view.found.factors.variables)
    side, after = before_do(view.found.factors, variable), after_do(view.found.factors, variable)
    target = isinstance(answer.do.get(variable.name), Set)
    words, left, right = st.columns(_WORDS_AND_TWO, gap="medium")
    words.latex(
        step_words.set_equation(variable.name, view.do[variable.name]) if target else of_factor
    )
    words.html(pipeline.key_html(coupling, not target, view.draw is None, len(view.found)))
    words.caption(as_text(step_words.factor_sentence(answer, view.found.factors, variable)))
    if target:
        _noise(left, view, side, [side], "Before do()")
        right.html(pipeline.set_html(variable.name, view.do[variable.name]))
    elif view.draw is None:
        _noise(left, view, after, [side, after], "After do(), on the same noise")
        _plot(
            right,
            shares_figure(after),
            "Classes: green before, orange after",
            variable,
        )
    else:
        _noise(left, view, side, [side, after], "Before do()")
        _noise(right, view, after, [side, after], "After do(), on the same noise")
    words, pictures = st.columns(_WORDS_AND_MORE, gap="medium")
    words.latex(of_pixel)
    pictures.html(figures_html("", step_figures.outcome(answer, pixels, view.draw, coupling)))
    pictures.caption(DIFFERENCES)
    _numbers(
        step_numbers.prediction(answer, view.found.factors, view.draw),
        step_numbers.errors(*step_figures.pictures(answer, pixels, view.draw)),
    )


def _noise(
    column: DeltaGenerator, view: _View, side: Assignment, axis: Sequence[Assignment], title: str
) -> None:
    """A factor's noise under one of its rows.

    Args:
        column: where.
        view: what is on the screen.
        side: the row with its noise.
        axis: what shares its axis; first, the factor before do().
        title: of the figure.
    """
    if view.found.coupling == "gumbel":
        figure = gumbel_figure(side, view.draw, gumbel_span(axis))
    else:
        known = side if side.noise is None else axis[0]
        figure = monotone_figure(side, view.draw, possible(known, view.draw))
    _plot(column, figure, title, side.variable)


def _plot(column: DeltaGenerator, figure: go.Figure, title: str, variable: Variable) -> None:
    column.markdown(f"**{title}**")
    column.plotly_chart(figure, config=_STILL, key=f"step {title}", alt=f"{variable.name}. {title}")


def _numbers(*tables: step_numbers.Table) -> None:
    with st.expander("The numbers"):
        for table in tables:
            st.html(table_html(*table))
