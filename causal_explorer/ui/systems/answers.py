"""What the pages ask of the systems, each thing computed once."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
import torch

import causal_explorer as ce
from causal_explorer.data import units
from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.panel import Panel
from causal_explorer.sharing.request import Request, Values, request_panel, request_varied
from causal_explorer.ui import serving
from causal_explorer.ui.as_text import as_text


@st.cache_resource(max_entries=16, show_spinner="Loading the model")
def system(checkpoint: str) -> Opened:
    """Any checkpoint that can be asked, opened once for all sessions.

    Raises:
        ValueError: unknown or damaged checkpoint.
    """
    torch.set_num_threads(1)
    return ce.load(checkpoint)


def system_or_stop(checkpoint: str) -> Opened:
    """The system; where there is none, one sentence and nothing below it."""
    if serving.renewed(checkpoint):
        system.clear()
    try:
        return system(checkpoint)
    except (ValueError, OSError) as error:
        st.error(as_text(error), title="The model cannot be opened")
        st.stop()


@st.cache_data(max_entries=128, show_spinner=False)
def answered(request: Request) -> Any:
    """A system's answer to a request.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    return request.ask(system(request.checkpoint))


@st.cache_data(max_entries=64, show_spinner=False)
def strip(request: Request, name: str, done: bool) -> tuple[Panel | None, ...]:
    """The panels at every value of one variable; None at one that cannot be asked.

    Args:
        request: at one of its values.
        name: of the variable.
        done: whether do() sets it; else it is of the unit.
    """
    opened = system(request.checkpoint)
    dataset = opened.checkpoint.dataset
    variable = next(v for v in (*dataset.variables, *dataset.hidden) if v.name == name)
    found: list[Panel | None] = []
    for one in request_varied(request, name, done, variable):
        try:
            found.append(request_panel(one, answered(one), opened))
        except ValueError:
            found.append(None)
    return tuple(found)


@st.cache_data(max_entries=128, show_spinner=False)
def reconstruction(checkpoint: str, unit: Values) -> np.ndarray:
    """(*shape) the model's picture of a unit."""
    opened = system(checkpoint)
    return opened.reconstruct(units.picture(opened.checkpoint.dataset, dict(unit)))


@st.cache_data(max_entries=128, show_spinner=False)
def walk(checkpoint: str, unit: Values, latent: int) -> np.ndarray:
    """(9, *shape) pictures along a latent, of a unit."""
    opened = system(checkpoint)
    return opened.traverse(latent, units.picture(opened.checkpoint.dataset, dict(unit)))


@st.cache_data(max_entries=64, show_spinner="Drawing a population under do()")
def population(request: Request) -> Any:
    """Rung 2: the data set's population under the request's do(), whatever its unit is.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    opened = system(request.checkpoint)
    return opened.intervention(dict(request.do), samples=request.samples, seed=request.seed)


@st.cache_data(
    max_entries=64,
    show_spinner="Comparing with all units of the training split: some seconds the first time",
)
def effects(checkpoint: str, unit: Values | None, samples: int, seed: int) -> Any:
    """Effects of the treatment: on a unit, or on held-out units where none is given."""
    factors = None if unit is None else dict(unit)
    return system(checkpoint).effect(factors=factors, samples=samples, seed=seed)


@st.cache_data(max_entries=64, show_spinner=False)
def without_abduction(request: Request) -> Any:
    """The same question with z from its prior; of an `Explorer`."""
    opened = system(request.checkpoint)
    return opened.counterfactual(
        factors=dict(request.unit),
        do=dict(request.do),
        samples=request.samples,
        seed=request.seed,
        abduction="prior",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def treatments(checkpoint: str, unit: Values, values: tuple[float, ...]) -> np.ndarray:
    """(K, *shape) pictures of a unit under treatments that may lie beyond 0 and 1."""
    return system(checkpoint).sweep(dict(unit), values)  # type: ignore[attr-defined]


@st.cache_data(max_entries=64, show_spinner=False)
def factor_walk(request: Request, factor: str) -> Any:
    """A unit under every class of a factor; of an `Explorer`."""
    opened = system(request.checkpoint)
    return opened.traverse(factor, dict(request.unit), seed=request.seed)
