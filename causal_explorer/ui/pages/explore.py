"""Explore: pick an image, ask what if, see the answer beside the truth."""

import streamlit as st

from causal_explorer import Explorer
from causal_explorer.checkpoint import shipped
from causal_explorer.ui import controls, guide, panel, serving
from causal_explorer.ui.changes import changes, table_html
from causal_explorer.ui.gallery import gallery
from causal_explorer.ui.graph import caption, dot
from causal_explorer.ui.pictures import figures_html, question_html
from causal_explorer.ui.question import Question, notation, sentence

CHECKPOINT = "scm-vae"  # at first; the user may choose another

st.title("Causal Explorer", anchor=False)
st.markdown(
    "Pick an image, ask what it would have looked like if …, and see the answer beside the "
    "original, the reconstruction and the truth."
)


def open_or_stop(checkpoint: str, story: str) -> Explorer:
    """The explorer; where there is none, one sentence and nothing below it."""
    try:
        return serving.explorer(checkpoint, story)
    except (ValueError, OSError) as error:
        st.error(str(error), title="The model cannot be opened")
        st.stop()


controls.drop_endless_numbers()
variables = open_or_stop(CHECKPOINT, "default").story.variables

with st.sidebar:
    st.header("Sprite", anchor=False)
    thumbnails = st.container()
    factors = controls.sprite(variables)
    st.header("Assumptions", anchor=False)
    checkpoint = controls.image_model(shipped(), CHECKPOINT)
    story = controls.story()
    model = open_or_stop(checkpoint, story)
    st.caption(f"{model.story.summary} The image model is the same under every story.")
    coupling = controls.coupling()
    st.caption("A modelling choice: data cannot tell the couplings apart.")
    samples = controls.samples()
    seed = controls.seed()
    with thumbnails:
        gallery(story, variables)

pictures = st.container()
left, right = st.columns([2, 3], gap="large")
with left:
    do = controls.intervention(variables)

question = Question(checkpoint, story, factors, do, samples, seed, coupling)
try:
    answer = serving.answer(question if do else question.composed())
except ValueError as error:
    pictures.warning(str(error))
    st.stop()

with pictures:
    formula = notation(dict(do), variables) if do else ""
    st.html(
        figures_html(
            question_html(sentence(question, variables), formula),
            panel.figures(question, answer),
        )
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if do:
            st.metric("L1 a pixel against the truth", panel.l1_text(answer), width="content")
            st.metric("IoU with the truth", panel.iou_text(answer), width="content")
            st.caption(panel.remark(question, answer))
        else:
            st.info("Nothing is set yet: choose at least one factor to intervene on.")

with right:
    labels = {v.name: v.label(dict(do)[v.name]) for v in variables if v.name in dict(do)}
    cut, descendants = (answer.cut, answer.descendants) if do else ((), ())
    st.graphviz_chart(
        dot(model.story.graph, labels, cut, descendants),
        alt=f"Causal graph. {caption(model.story.graph, labels, cut, descendants)}",
    )
    st.caption(caption(model.story.graph, labels, cut, descendants))

if do:
    st.subheader("What moved, and why", anchor=False)
    st.html(table_html(changes(answer, model.story.graph)))

with st.expander("How to read this"):
    st.markdown(guide.TEXT)
