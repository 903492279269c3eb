"""Three rungs: the same words seen, done and imagined, and why the answers differ."""

import streamlit as st

from causal_explorer import CounterfactualAnswer
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import describe, equations
from causal_explorer.ui import address, controls, graph, ladder, live, serving
from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.story import told

CHECKPOINT = "scm-vae"

st.title("Three rungs", anchor=False)
st.markdown(
    "The same words, three questions. **Seeing** picks out those that are so, with the causes that "
    "made them so. **Doing** makes them so and cuts those causes. **Imagining** keeps all that is "
    "known of one sprite. How far the answers lie apart, and why, stands below the pictures."
)

address.drop_endless_numbers()
variables = serving.open_or_stop(CHECKPOINT, "default").story.variables
with st.sidebar:
    st.header("Sprite", anchor=False)
    factors = controls.sprite(variables)
    st.header("Assumptions", anchor=False)
    story = controls.story()
    coupling = controls.coupling()
    samples = controls.samples()
    seed = controls.seed()

told.show_refusal()
words = controls.words(variables)
if not words:
    st.info("Choose at least one factor: what is seen, done and imagined.")
    st.stop()
question = Question(CHECKPOINT, story, factors, words, samples, seed, coupling)
try:
    answers, laws = serving.rungs(question), serving.laws(question)
except ValueError as error:
    st.warning(as_text(error))
    st.stop()

st.html(ladder.pictures_html(answers, equations(dict(words), variables), coupling))
live.follow(
    controls.followed(question),
    lambda key: [
        live.Frame(
            ladder.figures(found, equations(dict(asked.do), variables), coupling),
            {"sprite": describe(dict(asked.sprite), variables)},
        )
        for asked, found in serving.rungs_strip(question, key)
    ],
)
st.html(ladder.imagined_html(describe(dict(factors), variables)))
st.subheader("Why they differ, or agree", anchor=False)
left, right = st.columns([2, 3], gap="large")
imagined = answers["Imagine"]
assert isinstance(imagined, CounterfactualAnswer)
model = serving.explorer(CHECKPOINT, story)
with left:
    for reason in ladder.why(laws, model.story.graph, imagined):
        st.markdown(reason)
with right:
    graph.chart(model.story, imagined, dict(words))
others = [variable for variable in variables if variable.name not in dict(words)]
if others:
    st.subheader("What the factors would be", anchor=False)
    st.caption("Exact laws, by enumeration: no draws.")
columns = st.columns(2)
for place, variable in enumerate(others):
    chart = ladder.laws_figure(laws, variable)
    columns[place % 2].plotly_chart(chart, config={"displayModeBar": False}, key=f"law_{place}")
