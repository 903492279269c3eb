"""The widgets of the step-through: which step, which draw, which factor."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from causal_explorer.scm.variables import Variable
from causal_explorer.ui.address import bound
from causal_explorer.ui.as_text import as_text

_SHOWN = ("Average", "Single draw")


def step(names: Sequence[str]) -> int:
    """Which step is open, from 1."""
    return _choice(
        "Step",
        [f"{place} {name}" for place, name in enumerate(names, 1)],
        "step",
        "Evidence is what is known. Abduction finds the noise behind it, action replaces "
        "assignments, prediction runs the same noise through what is left.",
    )


def draw(count: int) -> int | None:
    """Which draw of the noise is shown, from 0; None for the average of all."""
    shown = _choice(
        "Show",
        _SHOWN,
        "show",
        "All draws of the noise on average, or one of them. Each agrees with the evidence.",
    )
    if shown == 1:
        return None
    if count == 1:
        st.caption("There is one draw only.")
        return 0
    chosen = bound(
        st.slider,
        "Draw",
        1,
        count,
        key="draw",
        help="Each draw is one way in which the noise may have been.",
    )
    return chosen - 1


def factor(variables: Sequence[Variable]) -> Variable:
    """Whose noise is shown; hidden causes have theirs too."""
    names = [variable.name for variable in variables]
    chosen = bound(
        st.pills,
        "Noise of",
        names,
        default=names[1],
        required=True,
        format_func=as_text,
        key="step_factor",
        help="The factor whose assignment is drawn. Each has noise of its own.",
    )
    return variables[names.index(chosen) if chosen in names else 1]


def _choice(label: str, options: Sequence[str], key: str, words: str) -> int:
    """The place of the chosen option, from 1; an address can empty even a required choice."""
    chosen = bound(
        st.segmented_control,
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        wrap=True,
        help=words,
    )
    return options.index(chosen) + 1 if chosen in options else 1
