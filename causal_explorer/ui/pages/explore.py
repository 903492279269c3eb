"""Explore: pick an image, ask what if, see the answer beside the truth."""

import streamlit as st

from causal_explorer.models.scope import SCOPES
from causal_explorer.sharing.catalogue import own_systems, systems
from causal_explorer.sharing.own_runs import image_models
from causal_explorer.sharing.panel import panel
from causal_explorer.sharing.question import Question
from causal_explorer.ui import address, controls, graph, live, presenter, serving
from causal_explorer.ui.as_text import MANY, as_text
from causal_explorer.ui.explore import guide, views
from causal_explorer.ui.explore.evidence import explanations_html, fit_text, idle, known
from causal_explorer.ui.explore.gallery import gallery
from causal_explorer.ui.pictures import panel_html
from causal_explorer.ui.story import told
from causal_explorer.ui.systems import page as systems_page

CHECKPOINT = "scm-vae"  # at first; the user may choose another


address.drop_endless_numbers()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("Causal Explorer", anchor=False, width="content")
    presenting = presenter.switch()
if not presenting:
    st.markdown(
        "Pick an image, ask what it would have looked like if …, and see the answer beside the "
        "original, the reconstruction and the truth."
    )
with st.sidebar:
    system = controls.system([*systems(), *own_systems()], CHECKPOINT)
if system != CHECKPOINT:
    systems_page.show(system, presenting)
    st.stop()

variables = serving.open_or_stop(CHECKPOINT, "default").story.variables
with st.sidebar:
    st.header("Sprite", anchor=False)
    thumbnails, sliders = st.container(), st.container()
    evidence = controls.evidence()
    names, picture = known(evidence, variables)
    with sliders:
        sprite = controls.sprite(variables, idle(evidence, names, variables))
    st.header("Assumptions", anchor=False)
    checkpoint = serving.usable(controls.image_model(image_models(), CHECKPOINT), CHECKPOINT)
    story = controls.story()
    model = serving.open_or_stop(checkpoint, story)
    st.caption(f"{as_text(model.story.summary)} The image model is the same under every story.")
    coupling = controls.coupling()
    st.caption("A modelling choice: data cannot tell the couplings apart.")
    samples = controls.samples()
    seed = controls.seed()
    with thumbnails:
        gallery(story, variables, evidence == "upload")

told.show_refusal()
pictures = st.container()
left, right = st.columns([2, 3], gap="large")
with left:
    do = controls.intervention(variables)

question = Question(
    checkpoint, story, sprite, do, samples, seed, coupling, evidence, names, picture
)
if question.is_open:
    wanted = "Upload an image" if evidence == "upload" else "Choose at least one known factor"
    pictures.info(f"{wanted} in the sidebar, and the answer appears here.")
    st.stop()
try:
    answer = serving.answer(question)
except ValueError as error:
    pictures.warning(as_text(error))
    st.stop()

with pictures:
    st.html(panel_html(panel(question, answer)))
    live.follow(
        {"draw": None, **controls.followed(question)},
        lambda key: views.frames(question, answer, key),
    )
    scope = SCOPES[model.checkpoint.config["model"]]
    if do and not presenting:
        st.caption(scope.limits)
    if not do:
        st.info("Nothing is set yet: choose at least one factor to intervene on.")
    if evidence != "sprite":
        st.subheader("What it may be", anchor=False)
        st.html(explanations_html(answer))
        st.caption(fit_text(answer))
with right:
    graph.chart(model.story, answer, dict(do))
if not presenting:
    views.look_closer(question, answer)
    with st.expander("How to read this"):
        st.markdown(guide.TEXT)
        st.caption(f"**Assumed.** {as_text(scope.assumes, longest=MANY)}")
