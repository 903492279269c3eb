"""What no widget holds: in the address for a link, in the session for a change of page."""

from __future__ import annotations

import streamlit as st

from causal_explorer.ui.address import is_history


def recall(name: str) -> str | None:
    """The value of that name in the address, or the one that it had before a change of page.

    Back and Forward lead to an address as it was: what it lacks is forgotten.
    """
    if name in st.query_params:
        st.session_state[_key(name)] = st.query_params[name]
    elif is_history():
        forget(name)
    elif _key(name) in st.session_state:
        st.query_params[name] = st.session_state[_key(name)]
    return st.session_state.get(_key(name))


def remember(name: str, value: str) -> None:
    """Puts a value into the address and the session."""
    st.session_state[_key(name)] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def forget(name: str) -> None:
    """Drops it from both."""
    st.session_state.pop(_key(name), None)
    st.query_params.pop(name, None)


def _key(name: str) -> str:
    return f"remembered {name}"
