"""Lessons: states of the app, each with a claim computed now, a question and its answer."""

import streamlit as st

from causal_explorer.lessons.registry import LESSONS
from causal_explorer.ui import lesson
from causal_explorer.ui.as_text import MANY, as_text

with st.sidebar:
    open_now = lesson.chosen()
before, after = lesson.neighbours(open_now)

st.title(open_now.title, anchor=False)
place = f"Lesson {LESSONS.index(open_now) + 1} of {len(LESSONS)}."
st.caption(f"{place} The app computes every number on this page itself.")
body = st.empty()  # whatever was open before is gone while a slow lesson is computed
try:
    told = lesson.told(open_now)
except (ValueError, OSError) as error:
    st.error(as_text(error), title="The lesson cannot be computed")
    st.stop()
with body.container():
    st.html(lesson.told_html(told))
    st.info(as_text(open_now.asked, longest=MANY), title="Question", icon=":material/help:")
    with st.expander("The answer", key=f"answer_{open_now.id}"):
        st.markdown(as_text(told.answer, longest=MANY))
    with st.container(horizontal=True, vertical_alignment="center"):
        if before:
            st.button(
                "Previous",
                icon=":material/arrow_back:",
                key="previous",
                on_click=lesson.turn_to,
                args=(before.id,),
                help=before.title,
            )
        if after:
            st.button(
                "Next",
                icon=":material/arrow_forward:",
                icon_position="right",
                key="next",
                on_click=lesson.turn_to,
                args=(after.id,),
                help=after.title,
            )
        st.html(lesson.link_html(open_now), width="content")
