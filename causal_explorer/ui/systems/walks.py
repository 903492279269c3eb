"""Traversals of a system that also takes interventions: one latent or factor runs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.request import Request
from causal_explorer.ui.address import bound
from causal_explorer.ui.checks import traversal
from causal_explorer.ui.systems import answers, latents
from causal_explorer.ui.systems.unit import key


def show(request: Request, answer: Any, opened: Opened) -> None:
    """A strip of pictures: along a factor where the model paints from factors, else a latent."""
    if isinstance(opened, Explorer):
        _factor(request, opened)
    else:
        latents.strip(request.checkpoint, request.unit, opened)


def _factor(request: Request, opened: Explorer) -> None:
    variables = opened.checkpoint.dataset.variables
    names = [variable.name for variable in variables]
    name = bound(
        st.segmented_control,
        "Factor",
        names,
        default=names[0],
        required=True,
        key=key(request.checkpoint, "along"),
        help="Which factor runs through its classes, all others held fixed.",
    )
    variable = variables[names.index(name or names[0])]
    found = answers.factor_walk(request, variable.name)
    own = int(dict(request.unit)[variable.name])
    st.html(traversal.strip_html(found, variable, own))
    st.caption(traversal.TEXT)
