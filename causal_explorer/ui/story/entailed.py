"""What a story entails, each thing computed once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import streamlit as st

from causal_explorer.data import dsprites
from causal_explorer.data.resample import resample, write_resampled
from causal_explorer.scm.law import joint_law, seen_and_done_means
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import read_story
from causal_explorer.scm.story import parse
from causal_explorer.ui.serving import Sprite


@st.cache_data(max_entries=16, show_spinner=False)
def shipped_story(name: str) -> str:
    """A shipped story as TOML text.

    Raises:
        ValueError: no such story.
    """
    return read_story(name).to_toml()


@st.cache_resource(max_entries=32, show_spinner=False)
def story_scm(text: str) -> SCM:
    """The structural causal model over dSprites that a TOML text tells.

    Raises:
        ValueError: the text is no story, or does not fit dSprites.
    """
    return parse("edited", text).build(dsprites.FACTORS)


@st.cache_data(max_entries=128, show_spinner=False)
def joint(text: str, a: str, b: str) -> np.ndarray:
    """(K_a, K_b): p(a, b) of two factors in a story, exactly.

    Raises:
        ValueError: as `story_scm`.
    """
    return joint_law(story_scm(text), a, b).numpy()


@st.cache_data(max_entries=128, show_spinner=False)
def seeing_and_doing(text: str, cause: str, effect: str) -> tuple[np.ndarray, np.ndarray]:
    """(K,), (K,): E[effect | cause = k] and E[effect | do(cause = k)] in a story, exactly.

    Raises:
        ValueError: as `story_scm`.
    """
    see, do = seen_and_done_means(story_scm(text), cause, effect)
    return see.numpy(), do.numpy()


@st.cache_data(max_entries=16, show_spinner=False)
def data_set(text: str, count: int, seed: int) -> bytes:
    """The .npz file of the data set that a story entails.

    Raises:
        ValueError: as `story_scm`.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "resampled.npz"
        write_resampled(path, parse("edited", text), count, seed)
        return path.read_bytes()


@st.cache_data(max_entries=64, show_spinner=False)
def first_sprites(text: str, count: int, seed: int, shown: int) -> tuple[Sprite, ...]:
    """The first draws of that data set.

    Raises:
        ValueError: as `story_scm`.
    """
    rows = resample(story_scm(text), count, seed)[:shown]
    return tuple(map(tuple, dsprites.classes_of(rows).tolist()))
