"""Closer looks that one kind of system has and others have not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.request import Request
from causal_explorer.ui.systems import effects, learned, populations, styles, sweeps, walks

Look = Callable[[Request, Any, Opened], None]


def of(opened: Opened) -> dict[str, Look]:
    """The looks of a system, by the name of their tab: what it may be asked decides."""
    may, looks = opened.may, dict(_LOOKS.get(opened.checkpoint.config["model"], {}))
    if "effect" in may:
        looks["Effects"] = effects.show
    if "counterfactual" in may and "intervention" in may:
        looks["A population"] = populations.show
    if "traverse" in may:
        looks["Traversal"] = walks.show
    return looks


_LOOKS: dict[str, dict[str, Look]] = {  # by model
    "scm-vae-styled": {"Without abduction of z": styles.show},
    "causal-vae": {"The learned graph": learned.show},
    "intact-vae": {"Beyond 0 and 1": sweeps.show},
}
