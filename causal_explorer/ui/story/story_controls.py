"""The widgets of the story page; edits live in the session, each story's by itself."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.scm.parametric import Effect
from causal_explorer.scm.stories import STORIES
from causal_explorer.scm.story import Story, parse
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.words import percent
from causal_explorer.ui.address import bound, is_history
from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.story import entailed, story_editor, story_figures
from causal_explorer.ui.story.story_editor import Edge, arrow
from causal_explorer.ui.story.told import EDITED_STORY, REFUSED, from_link

UPLOADED = "uploaded"
FILE, EDITS = "story_file", "story_edits"  # in the session, as is
SHOWN = 24  # sprites of the sheet
BY_NAME = {variable.name: variable for variable in FACTORS}
ORDERED = [variable.name for variable in FACTORS if variable.kind == "ordinal"]
STILL = {"displayModeBar": False, "scrollZoom": False}  # of Plotly: nothing but hovering


def original_text(name: str) -> str:
    """The story that was picked, before any edit."""
    return st.session_state[FILE] if name == UPLOADED else entailed.shipped_story(name)


def keep(name: str, text: str) -> None:
    """Remembers the edits of each story by itself; one that is as it was has none."""
    edits = {k: v for k, v in st.session_state.get(EDITS, {}).items() if k != name}
    st.session_state[EDITS] = edits if text == original_text(name) else edits | {name: text}


def edit(name: str, edge: Edge, effect: Effect | None) -> bool:
    """One edit; what the library refuses is told, and the story stays as it was."""
    before = parse(name, original_text(name))
    now = parse(name, st.session_state.get(EDITS, {}).get(name, original_text(name)))
    try:
        keep(name, story_editor.edited(now, before, edge, effect, FACTORS).to_toml())
    except ValueError as error:
        st.session_state[REFUSED] = str(error)
        return False
    return True


def remove(name: str, edge: Edge) -> None:
    """Cuts an arrow."""
    edit(name, edge, None)


def add(name: str, known: dict[str, Variable], before: Story, now: Story) -> None:
    """The arrow that is chosen: as it was before all edits, or by the kind of its cause."""
    edge = st.session_state["add_cause"], st.session_state["add_effect"]
    if edge in story_editor.edges(now):
        st.session_state[REFUSED] = f"{arrow(edge)} is there already: change its strength instead."
        return
    cause, target = map(known.__getitem__, edge)
    found = story_editor.effect_of(before, edge) or story_editor.default_effect(cause, target)
    if edit(name, edge, found) and BY_NAME.keys() >= set(edge):
        st.session_state["joint_a"], st.session_state["joint_b"] = edge


def turn(name: str, edge: Edge, effect: Effect, key: str) -> None:
    """The strength that the slider is at."""
    edit(name, edge, replace(effect, strength=round(st.session_state[key], 2)))


def take_upload() -> None:
    """Opens the file that was given, or says what is wrong with it."""
    file = st.session_state["story_upload"]
    if file is None:  # its own cross removes the story with it
        _drop_upload()
        return
    try:
        story = story_editor.uploaded(file.name, file.getvalue(), FACTORS)
    except ValueError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state[FILE] = story.to_toml()
    st.session_state[EDITS] = {
        k: v for k, v in st.session_state.get(EDITS, {}).items() if k != UPLOADED
    }
    st.session_state["base"] = UPLOADED


def _drop_upload() -> None:
    """Forgets the uploaded story with its edits, and opens the default one."""
    edits = st.session_state.get(EDITS, {})
    st.session_state[EDITS] = {name: text for name, text in edits.items() if name != UPLOADED}
    for name in (FILE, EDITED_STORY):
        st.session_state.pop(name, None)
    st.session_state["base"] = "default"


def take_link() -> None:
    """Opens the story that a link brought along, where nothing was edited here yet.

    Back and Forward lead to an address as it was, so that its story counts then.
    """
    base = st.query_params.get("base", "default")
    if is_history():
        name = base if base in STORIES else UPLOADED
        edits = st.session_state.get(EDITS, {})
        st.session_state[EDITS] = {k: text for k, text in edits.items() if k != name}
        if (text := from_link()) and name in STORIES:
            st.session_state[EDITS] |= {name: text}
        elif text:
            st.session_state[FILE] = text
        return
    if FILE in st.session_state or EDITS in st.session_state:
        return
    if (text := from_link()) and base in STORIES:
        st.session_state[EDITS] = {base: text}
    elif text := text or st.session_state.get(EDITED_STORY):  # Explore may have opened it
        st.session_state[FILE] = text
        st.session_state["base"] = UPLOADED


def pick() -> str:
    """Name of the story, shipped or uploaded."""
    names = [*STORIES, UPLOADED] if FILE in st.session_state else list(STORIES)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = bound(
            st.segmented_control,
            "Story",
            names,
            default="default",
            required=True,
            key="base",
            wrap=True,
            help="Which factor causes which, and how strongly. Five stories come with the app.",
        )
        with st.popover("Upload a story", icon=":material/upload:"):
            st.file_uploader(
                "A story as TOML",
                "toml",
                key="story_upload",
                max_upload_size=1,
                on_change=take_upload,
                help="Download one below to see how it is written. It stays on the machine that "
                "runs this app.",
            )
    return chosen if chosen in names else "default"


def pair(
    first: tuple[str, str, str, str], second: tuple[str, str, str, str], seconds: list[str]
) -> tuple[Variable, Variable]:
    """Two factors, each by label, key, default and help; the second is one of `seconds`."""
    chosen = []
    with st.container(horizontal=True):
        for (label, key, default, words), names in ((first, list(BY_NAME)), (second, seconds)):
            found = bound(
                st.selectbox,
                label,
                names,
                names.index(default),
                key=key,
                width="stretch",
                help=words,
            )
            chosen.append(BY_NAME[found if found in names else default])
    return chosen[0], chosen[1]


def number(label: str, default: int, limits: tuple[int, int], key: str, words: str) -> int:
    """A whole number within its limits; an emptied field counts as its default."""
    value = bound(st.number_input, label, *limits, default, step=1, key=key, width=160, help=words)
    return default if value is None else min(max(value, limits[0]), limits[1])


def joints(original: str, text: str, a: Variable, b: Variable, first: str) -> None:
    """p(a, b) before all edits, and beside it as it is now."""
    then, now = entailed.joint(original, a.name, b.name), entailed.joint(text, a.name, b.name)
    share = story_figures.moved(now, then)
    maps = (first, then, now), ("edited", now, then)
    for column, (state, table, other) in zip(st.columns(2, gap="medium"), maps, strict=True):
        title = f"p({a.name}, {b.name}) as {state}"
        column.plotly_chart(
            story_figures.joint_figure(table, other, a, b, title),
            config=STILL,
            key=f"joint {state}",
            alt=f"Heat map of {title}, with both margins",
        )
    if original == text:
        told = "Nothing is edited yet, so both are the same."
    elif share:
        told = f"The edit moved {percent(share)} of its mass."
    else:
        told = "The edit moved nothing in it: choose other columns or rows."
    st.caption(f"The joint distribution and its margins, exactly, from the tables. {told}")


def strengths(name: str, now: Story) -> None:
    """A row for each arrow: its strength, and a button that removes it."""
    for edge in story_editor.edges(now):
        effect = story_editor.effect_of(now, edge)
        with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
            if effect is None:
                st.caption(f"{as_text(arrow(edge))}: written as a table")
            else:
                strength(name, edge, effect)
            st.button(
                "",
                icon=":material/delete:",
                key=f"remove {edge!r}",
                on_click=remove,
                args=(name, edge),
                help=f"Removes {as_text(arrow(edge))}.",
            )


def strength(name: str, edge: Edge, effect: Effect) -> None:
    """A slider that always shows what the story says."""
    key = f"strength {edge!r}"
    st.session_state[key] = effect.strength
    st.slider(
        as_text(arrow(edge)),
        min(0.0, effect.strength),
        max(2.0, effect.strength),
        step=0.05,
        key=key,
        on_change=turn,
        args=(name, edge, effect, key),
        help="Multiplies the whole effect: 0 leaves the arrow without one, 1 is as written.",
    )


def new_arrow(name: str, known: dict[str, Variable], before: Story, now: Story) -> None:
    """Cause and effect of an arrow to add."""
    names = list(known)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "New arrow from",
            names,
            names.index("scale"),
            key="add_cause",
            width="stretch",
            help="The cause.",
        )
        st.selectbox(
            "to",
            names,
            names.index("posX"),
            key="add_effect",
            width="stretch",
            help="The effect: its most likely class moves over 6/10 of its range.",
        )
        st.button(
            "Add",
            icon=":material/add:",
            key="add",
            on_click=add,
            args=(name, known, before, now),
            help="Adds the arrow, unless it closes a cycle, and maps its two factors.",
        )
