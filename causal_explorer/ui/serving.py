"""What the pages ask of the library, each thing computed once."""

from __future__ import annotations

import secrets

import numpy as np
import streamlit as st
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.data.resample import resample
from causal_explorer.scm.stories import story_named
from causal_explorer.ui.question import Question

Sprite = tuple[int, ...]  # one class a factor, in the data set's order


@st.cache_resource(max_entries=8, show_spinner="Loading the model")
def opened(checkpoint: str) -> ce.Explorer:
    """A checkpoint under the default story, opened once for all sessions.

    Raises:
        ValueError: unknown or damaged checkpoint.
    """
    # Many short decodes: one thread each is faster than threads that wait for one another.
    torch.set_num_threads(1)
    return ce.load(checkpoint)


@st.cache_resource(max_entries=32, show_spinner=False)
def explorer(checkpoint: str, story: str) -> ce.Explorer:
    """The same checkpoint under a story of one's choice.

    Raises:
        ValueError: unknown or damaged checkpoint, unknown story.
    """
    return opened(checkpoint).with_story(story)


@st.cache_data(max_entries=128, show_spinner=False)
def answer(question: Question) -> ce.CounterfactualAnswer:
    """The library's answer.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    return explorer(question.checkpoint, question.story).counterfactual(
        factors=dict(question.factors),
        do=dict(question.do),
        samples=question.samples,
        seed=question.seed,
        coupling=question.coupling,
    )


@st.cache_data(max_entries=128, show_spinner=False)
def sprites(story: str, count: int, seed: int) -> tuple[Sprite, ...]:
    """Sprites drawn from a story, all different."""
    rows = resample(story_named(story, dsprites.FACTORS), 2 * count, seed)
    different = list(dict.fromkeys(rows.tolist()))[:count]
    return tuple(map(tuple, dsprites.classes_of(np.array(different)).tolist()))


@st.cache_data(max_entries=1024, show_spinner=False)
def picture(sprite: Sprite) -> np.ndarray:
    """(64, 64) the renderer's picture of a sprite."""
    return dsprites.render(np.array([sprite]))[0]


def fresh_seed() -> int:
    """A seed that nobody used before."""
    return secrets.randbelow(2**31)
