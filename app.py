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

st.navigation([explore]).run()
