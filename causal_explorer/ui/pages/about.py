"""About: what the app is, what it assumes, where it comes from, how to cite it."""

import streamlit as st

from causal_explorer.data.dsprites import COUNT, FACTORS
from causal_explorer.models.scope import SCOPES
from causal_explorer.ui import about, serving
from causal_explorer.ui.story.story_figures import sheet_html

CHECKPOINT, SHOWN = "scm-vae", 12

st.title("About", anchor=False)
st.markdown(about.WHAT)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("The four pictures", anchor=False)
    st.markdown(about.PICTURES)
    st.subheader("The model", anchor=False)
    st.latex(about.EQUATIONS)
    st.markdown(about.MODEL)
    if found := about.figures(CHECKPOINT):
        with st.container(horizontal=True):
            for name, figure in found.items():
                st.metric(name, figure, width="content")
        st.caption(
            f"{CHECKPOINT}, on combinations of factors that training never saw. "
            f"{SCOPES[CHECKPOINT].limits}"
        )
    st.subheader("The other systems", anchor=False)
    st.markdown(about.OTHERS)
    st.markdown(about.papers())
    st.subheader("What is assumed", anchor=False)
    st.markdown(about.ASSUMED)
    st.subheader("What is not identified", anchor=False)
    st.markdown(about.NOT_IDENTIFIED)
with right:
    st.subheader("The data", anchor=False)
    names = [f"{v.name} ({v.classes})" for v in FACTORS]
    st.markdown(about.DATA.format(count=COUNT, factors=f"{', '.join(names[:-1])} and {names[-1]}"))
    drawn = map(serving.picture, serving.sprites("default", SHOWN, 0))
    st.html(sheet_html(drawn, f"{SHOWN} sprites drawn from the default story"))
    st.subheader("Sources", anchor=False)
    st.markdown(about.SOURCES)
    st.subheader("How to cite", anchor=False)
    st.code(about.bibtex(), language="bibtex", wrap_lines=True)
    st.caption(about.runs_on())
