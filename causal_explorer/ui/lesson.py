"""A lesson on its page: which one is open, what it tells, and how that looks."""

from __future__ import annotations

from html import escape
from threading import Lock

import streamlit as st

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.lessons.lesson import Lesson, Told
from causal_explorer.lessons.registry import LESSONS, lesson_named
from causal_explorer.ui import serving
from causal_explorer.ui.address import refuse
from causal_explorer.ui.pictures import figures_html

KEY = "lesson"  # of the list, and in the address
_PAGES = {"": "Explore", "rungs": "Three rungs"}  # by their addresses
_EVERY = 25  # steps between two moves of the progress bar
_STYLE = """<style>
.ce-told p {margin: 0 0 0.6rem; max-width: 62rem; font-size: 1.15rem; line-height: 1.45}
.ce-told + .ce-three {grid-template-columns: repeat(6, 1fr); max-width: none}
@container (max-width: 640px) {.ce-told + .ce-three {grid-template-columns: repeat(3, 1fr)}}
a.ce-open {display: inline-block; padding: 0.45rem 0.9rem; border-radius: 0.5rem;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); line-height: 1.6;
  font-size: 0.9rem; color: inherit !important; text-decoration: none !important}
a.ce-open:hover {border-color: currentColor}
</style>"""


def chosen() -> Lesson:
    """The lesson that the address names, the first where it names none; a list to change it."""
    st.session_state[KEY] = _addressed().id
    found = st.radio(
        "Lessons",
        [lesson.id for lesson in LESSONS],
        format_func=lambda name: lesson_named(name).title,
        key=KEY,
        on_change=lambda: turn_to(st.session_state[KEY]),
        help="Each is a state of the app with a claim about it. Its numbers are computed now, from "
        "the models and stories at hand.",
    )
    return lesson_named(found)


def turn_to(name: str) -> None:
    """Opens a lesson, for use in a callback."""
    st.query_params[KEY] = name


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """The lesson before and the one after."""
    place = LESSONS.index(lesson)
    before = LESSONS[place - 1] if place else None
    return before, LESSONS[place + 1] if place + 1 < len(LESSONS) else None


@st.cache_resource(show_spinner=False)
def _shelf() -> tuple[dict[str, Told], dict[str, Lock]]:
    """What the lessons told, for all sessions, and a lock for each: one session computes it."""
    return {}, {lesson.id: Lock() for lesson in LESSONS}


def told(lesson: Lesson) -> Told:
    """What a lesson tells, computed once a server; one that takes its time is watched.

    Raises:
        ValueError: a model or a story that the lesson needs cannot be opened.
    """
    kept, locks = _shelf()
    if lesson.id not in kept:
        with st.spinner("Computing the lesson"), locks[lesson.id]:
            if lesson.id not in kept:
                kept[lesson.id] = _computed(lesson)
    return kept[lesson.id]


def _computed(lesson: Lesson) -> Told:
    if not lesson.steps:
        return lesson.tell(serving.explorer)
    bar = st.progress(0.0)

    def watch(step: int, _: float) -> None:
        if step % _EVERY == 0:
            bar.progress(step / lesson.steps, f"Step {step:,} of {lesson.steps:,}")

    found = lesson.tell(serving.explorer, watch)
    bar.empty()
    return found


def told_html(found: Told) -> str:
    """The three sentences, and the pictures below them."""
    lines = "".join(f"<p>{escape(sentence)}</p>" for sentence in found.sentences)
    columns = 3 if len(found.figures) % 3 == 0 else 4  # threes stand six in a row
    heading = f'{_STYLE}<div class="ce-told">{lines}</div>'
    return figures_html(heading, found.figures, columns)


def link_html(lesson: Lesson) -> str:
    """A link to the state of a lesson, in the same tab; it can be copied."""
    address = escape(lesson.address(FACTORS))
    words = "The app in the state of this lesson, to turn its controls yourself."
    return f'<a class="ce-open" href="{address}" title="{words}">Open in {_PAGES[lesson.page]}</a>'


def _addressed() -> Lesson:
    """What the address names; the first where it names none, or one that there is not."""
    told = st.query_params.get(KEY, LESSONS[0].id)
    try:
        return lesson_named(told)
    except ValueError:
        refuse(KEY, told, LESSONS[0].title)
        return LESSONS[0]
