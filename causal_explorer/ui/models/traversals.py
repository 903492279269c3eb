"""What the latents of a model draw: a strip for each of those that tell most."""

from __future__ import annotations

import numpy as np
import streamlit as st

from causal_explorer.checkpoint import shipped, study
from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.latents import ALONG
from causal_explorer.inference.opened import Opened
from causal_explorer.ui.systems import answers, latents
from causal_explorer.ui.systems.unit import first_unit

_MOST = 6  # strips


def show(name: str, opened: Opened) -> None:
    """Strips of one unit; nothing for models whose traversals run along factors."""
    if "traverse" not in opened.may or isinstance(opened, Explorer):
        return
    values = first_unit(opened.checkpoint.dataset)
    st.markdown("**Latent traversals**")
    for latent in _telling(name, opened.checkpoint.model.latents):
        called = latents.called(opened, latent)
        st.caption(called)
        strip = answers.walk(name, values, latent)
        st.html(latents.walk_html(strip, f"{called} at", ALONG))
    st.caption(latents.text(opened))


def _telling(name: str, count: int) -> list[int]:
    """The latents with the largest KL, where the study measured it; else the first ones."""
    found = study(name) if name in shipped() else None
    nats = ((found or {}).get("series") or {}).get("unit_nats")
    order = np.argsort(-np.array(nats), kind="stable") if nats else np.arange(count)
    return order[:_MOST].tolist()
