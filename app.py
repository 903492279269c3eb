"""Causal Explorer: `streamlit run app.py`."""

import streamlit as st

st.set_page_config(
    page_title="Causal Explorer",
    page_icon="🖤",
    layout="wide",
)

explore = st.Page(
    "causal_explorer/ui/pages/explore.py",
    title="Explore",
    default=True,
)
rungs = st.Page(
    "causal_explorer/ui/pages/rungs.py",
    title="Three rungs",
)
story = st.Page(
    "causal_explorer/ui/pages/story.py",
    title="Story",
)

checks = st.Page(
    "causal_explorer/ui/pages/checks.py",
    title="Sanity checks",
)

st.navigation([explore, rungs, story, checks], position="top").run()
