"""Causal Explorer: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from causal_explorer.ui import address

st.set_page_config(page_title="Causal Explorer", page_icon="🖤", layout="wide")

UI = Path(__file__).parent / "causal_explorer" / "ui"
PAGES = UI / "pages"
pages = [
    st.Page(PAGES / "explore.py", title="Explore", default=True),
    st.Page(PAGES / "rungs.py", title="Three rungs"),
    st.Page(PAGES / "story.py", title="Story"),
    st.Page(PAGES / "checks.py", title="Sanity checks"),
    st.Page(PAGES / "models.py", title="Models"),
    st.Page(PAGES / "training.py", title="Training"),
    st.Page(PAGES / "lessons.py", title="Lessons"),
    st.Page(PAGES / "about.py", title="About"),
]
st.html(UI / "app.css")
st.html(UI / "history.html", unsafe_allow_javascript=True)
page = st.navigation(pages, position="top")
address.begin(page.url_path)
page.run()
