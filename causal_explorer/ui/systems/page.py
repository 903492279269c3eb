"""Explore for a system beside the sprites: what it can be asked follows from what its model is."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from causal_explorer.inference.opened import Opened
from causal_explorer.models.base import REQUESTS
from causal_explorer.models.scope import SCOPES
from causal_explorer.sharing.catalogue import entry
from causal_explorer.sharing.request import Request, Values, choices, request_panel, swept
from causal_explorer.ui import controls, live
from causal_explorer.ui.as_text import MANY, as_text
from causal_explorer.ui.pictures import panel_html
from causal_explorer.ui.systems import answers, latents, unit, views

_FOLLOWED = 64  # values of a control that is followed: each has an answer of its own
_FIRST = {"causal-vae": "angle", "scm-vae-styled": "shape"}  # targets at first, by model


def show(checkpoint: str, presenting: bool) -> None:
    """The page of one system.

    Args:
        checkpoint: its name.
        presenting: whether only the pictures are wanted.
    """
    opened = answers.system_or_stop(checkpoint)
    dataset = opened.checkpoint.dataset
    about = entry(checkpoint)
    with st.sidebar:
        st.caption(as_text(f"{about.about} {about.source}."))
        st.header(dataset.noun.capitalize(), anchor=False)
        values = unit.unit(dataset, checkpoint)
        asked = "intervention" in opened.may
        if asked and opened.draws:
            st.header("Draws", anchor=False)
        seed = controls.seed() if asked and opened.draws else 0
    if asked:
        _asked(opened, checkpoint, values, seed, presenting)
    else:
        latents.show(checkpoint, opened, values)
    if not presenting:
        scope = SCOPES[opened.checkpoint.config["model"]]
        st.caption(f"**Assumed.** {as_text(scope.assumes, longest=MANY)}")
        refusals(opened)


def _asked(opened: Opened, name: str, values: Values, seed: int, presenting: bool) -> None:
    """The panel, the targets, and what became of each variable."""
    dataset, model = opened.checkpoint.dataset, opened.checkpoint.config["model"]
    pictures = st.container()
    left, right = st.columns([2, 3], gap="large")
    with left:
        do = unit.intervention(opened.targets, name, _FIRST.get(model, ""))
    if not do:
        pictures.info("Nothing is set yet: choose at least one variable to intervene on.")
        return
    request = Request(name, values, do, seed=seed)
    try:
        answer: Any = answers.answered(request)
    except ValueError as error:
        pictures.warning(as_text(error))
        return
    with pictures:
        st.html(panel_html(request_panel(request, answer, opened)))
        follow(request, opened)
    with right:
        views.graph_of(dataset, dict(do))
    if not presenting:
        views.look_closer(request, answer, opened)


def follow(request: Request, opened: Opened) -> None:
    """The pictures follow every control that has not too many values, while it moves."""
    values, watched, places = (dict(request.unit), dict(request.do)), {}, {}
    for variable, done in swept(request, opened, _FOLLOWED):
        name = variable.name
        own = unit.key(request.checkpoint, f"do_{name}" if done else name)
        watched[own] = (name, done)
        places[own] = int(np.abs(np.subtract(choices(variable), values[done][name])).argmin())
    live.follow(places, lambda own: map(live.frame, answers.strip(request, *watched[own])))


def refusals(opened: Opened) -> None:
    """What the model is not to be asked, and why."""
    reasons = [f"- **{r}**: {opened.why_not(r)}" for r in REQUESTS if r not in opened.may]
    if reasons:
        with st.expander("What this model is not to be asked, and why"):
            st.markdown("\n".join(reasons))
