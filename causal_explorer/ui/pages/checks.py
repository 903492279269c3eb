"""Sanity checks: what the shipped models were measured by, and where they err, computed live."""

import shlex

import streamlit as st

from causal_explorer.checkpoint import measured, study
from causal_explorer.metrics.table import axioms_notes
from causal_explorer.models.scope import SCOPES
from causal_explorer.sharing.own_runs import sprite_models
from causal_explorer.sharing.question import Classes
from causal_explorer.sharing.words import equations
from causal_explorer.ui import address, controls, serving
from causal_explorer.ui.address import bound
from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.checks import errors, measures, traversal

CHECKPOINT = "scm-vae"  # at first; the user may choose another
CHECK = "python -m causal_explorer check"
STILL = {"displayModeBar": False}  # of Plotly: nothing but hovering
MAPS = (("posX", "posY"), ("orientation", "scale"))  # columns and rows


def show_measures(checkpoint: str) -> None:
    """The figures of `python -m causal_explorer check`."""
    found = measured(checkpoint)
    if serving.opened(checkpoint).checkpoint.dataset.hidden:
        show_system(checkpoint)
        return
    if found is None:
        st.info(f"No figures are kept with {as_text(checkpoint)}. This makes and keeps them:")
        st.code(f"{CHECK} {shlex.quote(checkpoint)} --save", language=None)
        return
    if not measures.readable(found):
        st.warning(f"The figures kept with {as_text(checkpoint)} cannot be read: make them anew.")
        st.code(f"{CHECK} {shlex.quote(checkpoint)} --save", language=None)
        return
    st.markdown("Taken on held-out sprites, every target forced to change.")
    own = found["truth"]["1 to 3"]
    diagonal = [row[i] for i, row in enumerate(found["effectiveness"]["matrix"])]
    with st.container(horizontal=True):
        ten = found["composition"]["decoder_mean"]["ten_times"]
        back = found["reversibility"]["decoder_mean"]["ten_times"]
        st.metric("Composition, ten times", f"{ten:.6f}", width="content")
        st.metric("Reversibility, ten times", f"{back:.6f}", width="content")
        st.metric("Effectiveness, worst factor", f"{min(diagonal):.3f}", width="content")
        st.metric("Pictures equal to the truth", f"{100 * own['exact']:.1f} %", width="content")
    st.subheader("Axioms", anchor=False)
    st.markdown(measures.AXIOMS)
    st.html(measures.axioms_html(found))
    st.caption(" ".join(axioms_notes(found["minimality"]["active"])))
    st.subheader("Effectiveness", anchor=False)
    st.markdown(measures.EFFECTIVENESS)
    st.caption(SCOPES[serving.opened(checkpoint).checkpoint.config["model"]].limits)
    st.plotly_chart(
        measures.effectiveness_figure(found),
        config=STILL,
        key="effectiveness",
        alt="Heat map of the share of pictures in which each factor is read as do() asked for it",
    )
    st.subheader("Truth", anchor=False)
    st.markdown(measures.TRUTH)
    st.html(measures.truth_html(found))
    st.subheader("What z carries", anchor=False)
    st.markdown(measures.PROBE)
    st.html(measures.probe_html(found))
    kept = found["minimality"]
    st.caption(
        f"z carries {kept['kl_nats']:.2g} nats an image, and {kept['active']} of its "
        f"{kept['latent']} units are active. {found['queries']:,} queries a figure, story "
        f"{as_text(found['story'])}, seed {found['seed']}:"
    )
    st.code(f"{CHECK} {shlex.quote(checkpoint)} --queries {found['queries']}", language=None)


def show_system(checkpoint: str) -> None:
    """The figures of a model whose pictures have a style that no label names."""
    st.caption(SCOPES[serving.opened(checkpoint).checkpoint.config["model"]].limits)
    rows = measures.system_rows(study(checkpoint) or {})
    if rows:
        st.markdown("Taken on held-out styled sprites, and kept with the checkpoint.")
        st.html(measures.table_html(("", "figure", ""), rows))
    else:
        st.info(f"No figures are kept with {as_text(checkpoint)}.")
    st.markdown("The library measures them anew by:")
    st.code(f"{CHECK} {shlex.quote(checkpoint)} --save", language=None)


def show_errors(checkpoint: str, sprite: Classes) -> None:
    """Wrong pixels over all places, and over all sizes and angles, of the sprite."""
    st.markdown(errors.TEXT)
    by_name, classes = {variable.name: variable for variable in variables}, dict(sprite)
    for column, (across, down) in zip(st.columns(2, gap="large"), MAPS, strict=True):
        held = tuple((name, k) for name, k in sprite if name not in (across, down))
        wrong = serving.errors_over(checkpoint, held, across, down)
        here, said = (classes[across], classes[down]), errors.sentence(wrong)
        with column:
            st.subheader(f"{across} × {down}", anchor=False)
            st.plotly_chart(
                errors.error_figure(wrong, by_name[across], by_name[down], here),
                config=STILL,
                key=f"errors_{across}",
                alt=f"Heat map of wrong pixels over {across} and {down}. {said}",
            )
            st.markdown(said)
            st.caption(f"Held fixed: {equations(dict(held), variables)}. The ring is the sprite.")


def show_traversal(checkpoint: str, sprite: Classes) -> None:
    """The truth, the reconstruction and their difference for every class of one factor."""
    by_name = {variable.name: variable for variable in variables}
    factor = bound(
        st.segmented_control,
        "Factor to traverse",
        list(by_name),
        default="scale",
        required=True,
        key="traversed",
        help="It runs through all of its classes, while the other factors stay as in the sidebar.",
    )
    factor = factor or "scale"  # an address can empty even a required choice
    held = tuple((name, k) for name, k in sprite if name != factor)
    found = serving.traversal(checkpoint, factor, held)
    st.html(traversal.strip_html(found, by_name[factor], dict(sprite)[factor]))
    st.markdown(traversal.TEXT)
    fixed = equations(dict(held), variables)
    st.caption(f"{errors.sentence(found.wrong_pixels)} Held fixed: {fixed}.")


st.title("Sanity checks", anchor=False)
st.markdown("Counterfactuals can be wrong in several ways, and each has its measure.")
address.drop_endless_numbers()
try:
    variables = serving.opened(CHECKPOINT).story.variables
    checkpoint = serving.usable(controls.image_model(sprite_models(), CHECKPOINT), CHECKPOINT)
    serving.opened(checkpoint)
except (ValueError, OSError) as error:
    st.error(as_text(error), title="The model cannot be opened")
    st.stop()
with st.sidebar:
    st.header("Sprite", anchor=False)
    st.caption("Of the error maps and the traversal. The measures are of many sprites.")
    sprite = controls.sprite(variables)

figures, maps, strip = address.tabs(["Measures", "Error maps", "Traversal"], "check")
if figures.open:
    with figures:
        show_measures(checkpoint)
if maps.open:
    with maps:
        show_errors(checkpoint, sprite)
if strip.open:
    with strip:
        show_traversal(checkpoint, sprite)
