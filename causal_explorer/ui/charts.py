"""Plotly charts as the page Models shows them: quiet, with their message in words below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

COLOURS = (
    "#4c8fd6",
    "#e8912d",
    "#5aa469",
    "#a678c8",
    "#8a929e",
)  # told apart without red and green
QUIET = "#8a929e"  # what is there to compare with
_LEGIBLE = 300  # pixels that a panel takes at least
_MARGIN = {"l": 0, "r": 10, "t": 30, "b": 0}
_LEGEND = {"orientation": "h", "y": 1.12, "yanchor": "bottom", "x": 0}


def show(title: str, figure: go.Figure, words: str, height: int = 320) -> None:
    """A heading, the chart, and what it says.

    Args:
        title: what is drawn.
        figure: the chart.
        words: its message, which is its alternative text too.
        height: pixels.
    """
    st.markdown(f"**{title}**")
    figure.update_layout(height=height, margin=_MARGIN, legend=_LEGEND, dragmode=False)
    _draw(figure, title, words)
    st.caption(words)


def show_each(title: str, figures: Mapping[str, go.Figure], words: str, height: int = 300) -> None:
    """A chart for each panel, side by side where there is room and below one another elsewhere.

    Args:
        title: what is drawn.
        figures: by the title of the panel.
        words: their message.
        height: of a panel, pixels.
    """
    st.markdown(f"**{title}**")
    with st.grid(3, min_column_width=_LEGIBLE):
        for name, figure in figures.items():
            figure.update_layout(
                title={"text": name, "font_size": 14}, height=height, margin=_MARGIN, dragmode=False
            )
            _draw(figure, f"{title}: {name}", words)
    st.caption(words)


def _draw(figure: go.Figure, title: str, words: str) -> None:
    st.plotly_chart(figure, config={"displayModeBar": False}, key=title, alt=f"{title}. {words}")


def side_by_side(titles: list[str], **settings: Any) -> go.Figure:
    """Empty charts in a row, one for each title; settings as of Plotly's `make_subplots`."""
    figure = make_subplots(1, len(titles), subplot_titles=titles, **settings)
    figure.update_annotations(font_size=14)
    return figure


def heat(values: Any, x: list[str], y: list[str], **settings: Any) -> go.Heatmap:
    """A map of (len(y), len(x)) numbers, each written in its cell."""
    return go.Heatmap(
        z=values, x=x, y=y, colorscale="Cividis", texttemplate="%{z:.2f}", showscale=False
    ).update(settings)
