"""Presenter mode: what a room needs to see from the last row, and nothing else."""

from __future__ import annotations

import streamlit as st

from causal_explorer.ui import controls

# The sidebar keeps its widgets, and with them the question; it is only not shown. `zoom` enlarges
# letters and controls alike; the pictures then take all of the width that four can have.
_STYLE = """<style>
[data-testid=stSidebar], [data-testid=stExpandSidebarButton], [data-testid=stMainMenu],
[data-testid=stHeader] {display: none !important}
[data-testid=stMainBlockContainer] {max-width: none; padding: 0.75rem 1.5rem 0; zoom: 1.25}
.ce-grid figure {max-width: none}
.ce-grid figcaption span, .ce-numbers small {display: none}
.ce-grid figcaption {font-size: 1.15rem}
.ce-ask {font-size: 1.5rem; min-height: 0; margin-bottom: 0.6rem}
.ce-ask code {font-size: 1.15rem}
.ce-numbers {font-size: 1.1rem}
@media (max-width: 640px) {
  [data-testid=stMainBlockContainer] {zoom: 1; padding: 0.75rem}
  .ce-ask {font-size: 1.1rem}
}
</style>"""


def switch() -> bool:
    """The switch, and the look that it turns on."""
    on = controls.presenting()
    if on:
        st.html(_STYLE)
    return on
