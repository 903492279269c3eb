"""The page's address and the controls that it holds; what it says and cannot be is said once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from causal_explorer.sharing.words import listed
from causal_explorer.ui.as_text import as_text

_PAGE, _READ = "page shown", "address read"  # in the session: the page, and keys already compared
_ENDLESS = "endless numbers"  # in the session: what was taken out of the address, by key
_PLACE, _WRONG = "address place", "address wrong"  # of this run: where to say it, and what
_MOST, _LONGEST = 3, 40  # wrong values that are named, and their letters


def begin(page: str) -> None:
    """Called before a page runs: what its address says is compared anew after a change of page.

    Args:
        page: its path.
    """
    if st.session_state.get(_PAGE) != page or is_history():
        st.session_state[_PAGE], st.session_state[_READ] = page, set()
    st.session_state[_PLACE], st.session_state[_WRONG] = st.empty(), []


def is_history() -> bool:
    """Whether the browser's Back or Forward leads here: then the address is what is wanted."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def bound(widget: Callable[..., Any], *options: Any, key: str, **settings: Any) -> Any:
    """A widget of Streamlit's whose value stands in the address under its key.

    Streamlit takes its default, or the nearest value, for what the address says wrongly; here that
    is said. Arguments as of the widget.
    """
    told = _told(key)
    value = widget(*options, key=key, bind="query-params", **settings)
    compare(key, told, value, settings.get("format_func", str))
    return value


def tabs(names: Sequence[str], key: str) -> Sequence[Any]:
    """Tabs of which the address names the open one; a change of tab reruns the page."""
    told = _told(key)
    found = st.tabs(names, key=key, on_change="rerun", bind="query-params")
    compare(key, told, next((n for n, tab in zip(names, found, strict=True) if tab.open), None))
    return found


def compare(key: str, told: Sequence[str], value: Any, called: Callable[[Any], str] = str) -> None:
    """Says what of the address was not taken.

    Args:
        key: in the address.
        told: what it says, the last of which counts where one is wanted.
        value: of the widget, or a list of them.
        called: how the address writes a value.
    """
    several = isinstance(value, list | tuple)
    values = value if several else [] if value is None else [value]
    asked = [part for part in (told if several else told[-1:]) if part or values]
    wrong = [part for part in asked if not any(_same(part, one, called) for one in values)]
    if wrong:
        refuse(key, wrong[0], listed(called(one) for one in values) or "none")


def refuse(key: str, told: str, taken: str) -> None:
    """Says that the address asks for what cannot be, with all that was wrong before in this run."""
    wrong = st.session_state.setdefault(_WRONG, [])
    wrong.append(f"{as_text(f'{key}={told}', longest=_LONGEST)} (taken: {as_text(taken)})")
    named = [*wrong[:_MOST], f"{len(wrong) - _MOST} more"] if len(wrong) > _MOST else wrong
    place = st.session_state.get(_PLACE) or st.empty()
    place.warning(f"The address asks for what is not to be had: {listed(named)}.")


def told_elsewhere(key: str) -> None:
    """What the address says of a control was refused in another sentence already."""
    st.session_state.setdefault(_READ, set()).add(key)


def drop_endless_numbers() -> None:
    """Forgets numbers of the address that no widget can hold, such as 1e400, and starts anew."""
    endless = {k: told for k, told in st.query_params.to_dict().items() if _is_endless(told)}
    for key in endless:
        del st.query_params[key]
    if endless:
        st.session_state[_ENDLESS] = endless
        st.rerun()


def _told(key: str) -> list[str]:
    """What the address says of a control that this page shows for the first time."""
    read = st.session_state.setdefault(_READ, set())
    if key in read:
        return []
    read.add(key)
    endless = st.session_state.get(_ENDLESS, {}).pop(key, None)
    return st.query_params.get_all(key) if endless is None else [endless]


def _same(told: str, value: Any, called: Callable[[Any], str]) -> bool:
    """Whether a text of the address is a value: by its name, or as a number."""
    if isinstance(value, bool):
        return told.lower() == str(value).lower()
    if told in (called(value), str(value)):
        return True
    try:
        return not isinstance(value, str) and float(told) == value
    except ValueError:
        return False


def _is_endless(value: str) -> bool:
    try:
        return not math.isfinite(float(value))
    except ValueError:
        return False
