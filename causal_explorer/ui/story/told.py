"""The edited story: in the session while it is edited, in the address for a link to bring along."""

from __future__ import annotations

import streamlit as st

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.sharing.link import EDITED, packed, unpack_story
from causal_explorer.ui.address import is_history
from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.story import story_editor

EDITED_STORY = "story_toml"  # in the session: its text
ADDRESS = "told"  # in a link: the same
REFUSED = "story_refused"  # in the session: why a story could not be taken


def edited() -> str | None:
    """The text of the story that was edited here, or that the address brings along."""
    wanted = EDITED_STORY not in st.session_state or is_history()
    if wanted and (text := from_link()):
        st.session_state[EDITED_STORY] = text
    found = st.session_state.get(EDITED_STORY)
    if not found and st.query_params.get("story") == EDITED and REFUSED not in st.session_state:
        st.session_state[REFUSED] = (
            "The link names an edited story, but does not bring it along: this is the default one."
        )
    return found


def from_link() -> str | None:
    """The story that the address brings along; one that cannot be read is refused and dropped."""
    if ADDRESS not in st.query_params:
        return None
    try:
        text = unpack_story(st.query_params[ADDRESS])
        story_editor.uploaded(EDITED, text.encode(), FACTORS)
    except ValueError as error:
        del st.query_params[ADDRESS]
        st.session_state[REFUSED] = str(error)
        return None
    return text


def into_link(text: str | None) -> None:
    """Puts a story into the address, or takes it out."""
    told = packed(text.encode()) if text else None
    if told is None:
        st.query_params.pop(ADDRESS, None)
    elif st.query_params.get(ADDRESS) != told:
        st.query_params[ADDRESS] = told


def is_refused() -> bool:
    """Whether there is a refusal to be shown."""
    return REFUSED in st.session_state


def show_refusal() -> None:
    """Says once why a story could not be taken."""
    if refusal := st.session_state.pop(REFUSED, ""):
        st.warning(as_text(refusal))
