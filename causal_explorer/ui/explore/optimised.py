"""Abduction by SVI beside the exact one: watched while it runs."""

from __future__ import annotations

import math

import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.svi import SVIAnswer, SVISettings
from causal_explorer.sharing.panel import Figure, iou_text, l1_text
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import truth_under
from causal_explorer.ui import serving
from causal_explorer.ui.pictures import figures_html

MODEL = "scm-vae-mlp"
_EVERY = 25  # steps between redraws of the curve
_TEXT = (
    "The class project that this began with fitted a normal to every noise by stochastic "
    "variational inference, anew for each question. Its labels were softmax expectations, no "
    "factor caused another, and its guide could leave the prior's support: the gaps in the curve."
)


def panel(question: Question, exact: CounterfactualAnswer) -> None:
    """Settings, a button, the live curve, and the two answers side by side."""
    st.markdown(_TEXT)
    if question.evidence != "sprite":
        st.caption("It needs the image with all of its factors: choose “Image and factors”.")
        return
    if question.checkpoint != MODEL:
        st.caption(f"It needs a decoder that reads relaxed labels: choose the image model {MODEL}.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = st.number_input(
            "Steps", 10, 5_000, 300, 50, key="svi_steps", help="The original took 1,500."
        )
        rate = st.select_slider(
            "Learning rate",
            [1e-6, 1e-5, 1e-4, 1e-3],
            value=1e-5,
            format_func=lambda value: f"{value:g}",
            key="svi_rate",
            help="Of stochastic gradient descent; the class project's was 1e-5.",
        )
        start = st.button(
            "Run",
            key="svi_run",
            icon=":material/play_arrow:",
            help="Fits the noise step by step, and shows the loss while it falls.",
        )
    settings = SVISettings(int(steps or 300), float(rate))
    held = st.session_state.get("svi_answer")
    if start:
        held = (question, _watched(question, settings))
        st.session_state["svi_answer"] = held
    if held is not None and held[0] == question:
        _compare(held[1], exact, question.coupling)


def _watched(question: Question, settings: SVISettings) -> SVIAnswer:
    """The answer, its loss drawn while it is fitted."""
    bar, chart, losses = st.progress(0.0, "Fitting"), st.empty(), []

    def watch(step: int, loss: float) -> None:
        losses.append(loss if math.isfinite(loss) else math.nan)
        if step % _EVERY == 0 or step == settings.steps:
            bar.progress(step / settings.steps, f"Step {step:,} of {settings.steps:,}")
            chart.line_chart({"loss, nats": losses}, height=200)

    found = serving.svi_answer(question, settings, watch)
    bar.empty()
    chart.empty()
    return found


def _compare(found: SVIAnswer, exact: CounterfactualAnswer, coupling: str) -> None:
    truth = truth_under(coupling)
    losses = [loss if math.isfinite(loss) else math.nan for loss in found.losses.tolist()]
    st.line_chart({"loss, nats": losses}, height=200)
    words = {"SVI": found, "Exact": exact}
    st.html(
        figures_html(
            "",
            [
                Figure(
                    f"{name} abduction",
                    f"L1 {l1_text(answer.l1)} a pixel, IoU {iou_text(answer.iou)}",
                    f"{name}: density",
                    answer.density,
                )
                for name, answer in words.items()
            ]
            + [Figure(truth, "rendered for the exact draws", truth, exact.truth)],
        )
    )
    st.caption(
        f"{len(found.losses):,} steps took {found.seconds:.1f} s; the exact answer takes "
        "milliseconds."
    )
