"""What the pages ask of the library, each thing computed once."""

from __future__ import annotations

import secrets
from dataclasses import replace

import numpy as np
import streamlit as st
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.data.resample import resample
from causal_explorer.data.upload import Upload, read_upload
from causal_explorer.inference.steps import Steps
from causal_explorer.inference.svi import SVIAnswer, SVISettings, Watch
from causal_explorer.inference.traversal import Traversal
from causal_explorer.metrics.errors import error_map
from causal_explorer.sharing import own_runs
from causal_explorer.sharing.disagreement import disagreement
from causal_explorer.sharing.panel import Panel, panel
from causal_explorer.sharing.question import Classes, Question, ask_all, named_or_told, varied
from causal_explorer.ui.as_text import as_text

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
    """The same checkpoint under a story of one's choice: its name, or its text.

    Raises:
        ValueError: unknown or damaged checkpoint, unknown story.
    """
    return opened(checkpoint).with_story(named_or_told(story))


def open_or_stop(checkpoint: str, story: str) -> ce.Explorer:
    """The explorer; where there is none, one sentence and nothing below it."""
    try:
        return explorer(checkpoint, story)
    except (ValueError, OSError) as error:
        st.error(as_text(error), title="The model cannot be opened")
        st.stop()


def usable(checkpoint: str, default: str) -> str:
    """An image model that can be opened; instead of a run that cannot, the default, and why."""
    renewed(checkpoint)
    if not own_runs.stamp(checkpoint):
        return checkpoint
    try:
        opened(checkpoint)
    except (ValueError, OSError) as error:
        st.warning(as_text(f"{error} Instead of it {default} is asked."))
        return default
    return checkpoint


@st.cache_resource(show_spinner=False)
def _stamps() -> dict[str, str]:
    """Of the user's own checkpoints, as they were opened."""
    return {}


def renewed(checkpoint: str) -> bool:
    """Whether a run has saved anew since it was opened; all that was computed is forgotten then."""
    now = own_runs.stamp(checkpoint)
    if _stamps().setdefault(checkpoint, now) == now:
        return False
    _stamps()[checkpoint] = now
    for models in (opened, explorer):
        models.clear()
    st.cache_data.clear()
    return True


@st.cache_data(max_entries=128, show_spinner=False)
def answer(question: Question) -> ce.CounterfactualAnswer:
    """The library's answer.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    return question.ask(explorer(question.checkpoint, question.story))


def strip(question: Question, control: str) -> tuple[Panel, ...]:
    """The panels at every value of one control; none where one of them cannot be asked.

    Args:
        question: at one of its values.
        control: a factor of the sprite, or "do_" and a target.
    """
    asked = explorer(question.checkpoint, question.story)
    return _panels(tuple(varied(question, control, asked)))


@st.cache_data(max_entries=64, show_spinner=False)
def _panels(questions: tuple[Question, ...]) -> tuple[Panel, ...]:
    """Of questions that differ in one control alone."""
    first = questions[0]
    try:
        answers = ask_all(questions, explorer(first.checkpoint, first.story))
    except ValueError:
        return ()
    return tuple(map(panel, questions, answers))


Rungs = dict[str, ce.PopulationAnswer | ce.CounterfactualAnswer]


@st.cache_data(max_entries=64, show_spinner=False)
def rungs(question: Question) -> Rungs:
    """The question's words seen, done and imagined.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    asked = explorer(question.checkpoint, question.story)
    found = _population(replace(question, sprite=(), coupling=""))
    return found | {"Imagine": question.ask(asked)}


@st.cache_data(max_entries=256, show_spinner=False)
def _population(question: Question) -> Rungs:
    """Rungs 1 and 2, which no sprite and no coupling changes."""
    asked, words = explorer(question.checkpoint, question.story), dict(question.do)
    return {
        "See": asked.condition(words, question.samples, question.seed),
        "Do": asked.intervention(words, question.samples, question.seed),
    }


@st.cache_data(max_entries=64, show_spinner=False)
def laws(question: Question) -> dict[str, dict[str, np.ndarray]]:
    """The exact law of each factor on the three rungs.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    asked, words = explorer(question.checkpoint, question.story), dict(question.do)
    return {
        "See": asked.law(words),
        "Do": asked.law(do=words),
        "Imagine": asked.law(dict(question.factors), words, question.coupling),
    }


def rungs_strip(question: Question, control: str) -> list[tuple[Question, Rungs]]:
    """The three rungs at every value of one control; arguments as of `strip`."""
    asked = explorer(question.checkpoint, question.story)
    return [(one, rungs(one)) for one in varied(question, control, asked)]


@st.cache_data(max_entries=128, show_spinner=False)
def couplings_apart(question: Question) -> dict[str, float] | None:
    """How far the factors' exact laws under the two couplings lie apart; None if too large."""
    return disagreement(question, explorer(question.checkpoint, question.story))


def svi_answer(question: Question, settings: SVISettings, watch: Watch) -> SVIAnswer:
    """The answer after SVI, watched; not cached, because it is there to be watched.

    Raises:
        ValueError: the question's image model reads no relaxed labels.
    """
    found = explorer(question.checkpoint, question.story).counterfactual(
        factors=dict(question.sprite),
        do=dict(question.do),
        samples=question.samples,
        seed=question.seed,
        coupling=question.coupling,
        abduction="svi",
        svi=settings,
        watch=watch,
    )
    assert isinstance(found, SVIAnswer)
    return found


@st.cache_data(max_entries=128, show_spinner=False)
def sprites(story: str, count: int, seed: int) -> tuple[Sprite, ...]:
    """Sprites drawn from a story, all different."""
    rows = resample(named_or_told(story).build(dsprites.FACTORS), 2 * count, seed)
    different = list(dict.fromkeys(rows.tolist()))[:count]
    return tuple(map(tuple, dsprites.classes_of(np.array(different)).tolist()))


@st.cache_data(max_entries=1024, show_spinner=False)
def picture(sprite: Sprite) -> np.ndarray:
    """(64, 64) the renderer's picture of a sprite."""
    return dsprites.render(np.array([sprite]))[0]


@st.cache_data(max_entries=32, show_spinner="Reading your image")
def upload(data: bytes) -> Upload:
    """An uploaded file as the model sees it.

    Raises:
        ValueError: in one sentence, why it cannot be read.
    """
    return read_upload(data)


def fresh_seed() -> int:
    """A seed that nobody used before."""
    return secrets.randbelow(2**31)


@st.cache_data(max_entries=128, show_spinner="Reconstructing every picture of the map")
def errors_over(checkpoint: str, held: Classes, across: str, down: str) -> np.ndarray:
    """(rows, columns) wrong pixels of a sprite's reconstruction under all classes of two factors.

    Raises:
        ValueError: as `opened`.
    """
    return error_map(opened(checkpoint), dict(held), across, down)


@st.cache_data(max_entries=64, show_spinner=False)
def traversal(checkpoint: str, factor: str, held: Classes) -> Traversal:
    """A sprite under each class of a factor, the others held fixed.

    Raises:
        ValueError: as `opened`.
    """
    return opened(checkpoint).traverse(factor, dict(held))


@st.cache_data(max_entries=16, show_spinner=False)
def steps(question: Question) -> Steps:
    """The first draws of the library's answer, step by step.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    asked = explorer(question.checkpoint, question.story)
    return asked.steps(**question.arguments(asked))
