"""Explore: pick an image, ask what if, see the answer beside the truth."""

import streamlit as st

from causal_explorer import Explorer
from causal_explorer.checkpoint import shipped_mechanisms
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.sharing.panel import panel
from causal_explorer.sharing.question import Question
from causal_explorer.ui import controls, couplings, guide, live, optimised, serving, uncertainty
from causal_explorer.ui.changes import changes, table_html
from causal_explorer.ui.evidence import explanations_html, fit_text, known
from causal_explorer.ui.gallery import gallery
from causal_explorer.ui.graph import caption, dot
from causal_explorer.ui.pictures import panel_html
from causal_explorer.ui.story_editor import plain

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
    sprite = controls.sprite(variables)
    evidence = controls.evidence()
    names, picture = known(evidence, variables)
    st.header("Assumptions", anchor=False)
    checkpoint = controls.image_model(shipped_mechanisms(), CHECKPOINT)
    story = controls.story()
    model = open_or_stop(checkpoint, story)
    st.caption(f"{plain(model.story.summary)} The image model is the same under every story.")
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
    pictures.warning(str(error))
    st.stop()

with pictures:
    st.html(panel_html(panel(question, answer)))
    live.follow(question)
    if not do:
        st.info("Nothing is set yet: choose at least one factor to intervene on.")
    if evidence != "sprite":
        st.subheader("What it may be", anchor=False)
        st.html(explanations_html(answer))
        st.caption(fit_text(answer))

with right:
    labels = {v.name: v.label(dict(do)[v.name]) for v in variables if v.name in dict(do)}
    cut, descendants = (answer.cut, answer.descendants) if do else ((), ())
    hidden = [variable.name for variable in model.story.hidden]
    st.graphviz_chart(
        dot(model.story.graph, labels, cut, descendants, hidden),
        alt=f"Causal graph. {caption(model.story.graph, labels, cut, descendants)}",
    )
    st.caption(caption(model.story.graph, labels, cut, descendants))

if do:
    st.subheader("What moved, and why", anchor=False)
    st.html(table_html(changes(answer, model.story.graph)))
    with st.expander("How sure is it? The uncertainty by its sources"):
        st.html(uncertainty.maps_html(answer))
        st.caption(uncertainty.TEXT)
    with st.expander("Couplings side by side: what no data can decide"):
        answers = {name: serving.answer(question.under(name)) for name in COUPLINGS}
        st.html(couplings.side_by_side_html(answers))
        st.markdown(couplings.sentence(serving.couplings_apart(question)))
        st.caption(couplings.TEXT)
    with st.expander("Abduction by optimisation: what the original did"):
        optimised.panel(question, answer)

with st.expander("How to read this"):
    st.markdown(guide.TEXT)
