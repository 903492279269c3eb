"""Thumbnails of sprites that the story draws; a click picks one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.words import describe
from causal_explorer.ui import controls, serving
from causal_explorer.ui.pictures import data_uri

COUNT = 8
_PAGE = "gallery_seed"
_STYLE = """
.st-key-gallery button {width: 100%; aspect-ratio: 1; min-height: 0; padding: 0; overflow: hidden;
  background: #000 center / contain no-repeat; image-rendering: pixelated}
.st-key-gallery button * {font-size: 0}
.st-key-gallery button:disabled {opacity: 0.4}
"""


def gallery(story: str, variables: tuple[Variable, ...], idle: bool) -> None:
    """Thumbnails with a button that draws others, and one that picks a sprite at random.

    Args:
        story: that draws them.
        variables: of the data set.
        idle: whether no sprite is asked about.
    """
    names = [variable.name for variable in variables]
    drawn = serving.sprites(story, COUNT, st.session_state.setdefault(_PAGE, 0))
    st.html(thumbnails_css([serving.picture(sprite) for sprite in drawn]))
    with st.container(key="gallery"), st.grid(4, min_column_width=40, gap="xsmall"):
        for place, sprite in enumerate(drawn):
            words = describe(dict(zip(names, sprite, strict=True)), variables)
            st.button(
                words,
                key=_key(place),
                help=words,
                on_click=controls.set_sprite,
                args=(names, sprite),
                width="stretch",
                disabled=idle,
            )
    with st.grid(2, min_column_width=80, gap="xsmall"):
        st.button(
            "Random",
            key="random",
            icon=":material/casino:",
            on_click=_pick_random,
            args=(story, names),
            width="stretch",
            disabled=idle,
            help="Draws one sprite from the story and moves the sliders to it.",
        )
        st.button(
            "Others",
            key="others",
            icon=":material/refresh:",
            on_click=_turn_page,
            width="stretch",
            disabled=idle,
            help="Draws eight other thumbnails from the story.",
        )


def thumbnails_css(pictures: Sequence[np.ndarray]) -> str:
    """A style sheet that paints the buttons."""
    rules = [
        f".st-key-{_key(place)} button {{background-image: url({data_uri(picture)})}}"
        for place, picture in enumerate(pictures)
    ]
    return f"<style>{_STYLE}{' '.join(rules)}</style>"


def _key(place: int) -> str:
    return f"thumbnail_{place}"


def _pick_random(story: str, names: list[str]) -> None:
    controls.set_sprite(names, serving.sprites(story, 1, serving.fresh_seed())[0])


def _turn_page() -> None:
    st.session_state[_PAGE] = serving.fresh_seed()
