"""What was asked of a system and its answer as JSON, so that others can compare with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.opened import Opened
from causal_explorer.sharing.record import DECIMALS, finite, provenance, shares
from causal_explorer.sharing.request import Request, rung


def request_record(request: Request, answer: Any, opened: Opened, link: str) -> dict[str, Any]:
    """All that was asked, with what, and what came out; every number is finite or None.

    Args:
        request: that was asked.
        answer: to it, a `PictureAnswer` or a `CounterfactualAnswer`.
        opened: that gave it.
        link: the address that asks it.

    Returns:
        `variables` holds each one's value before and after, and after as the model has it; of
        factors that were drawn the share of each class. `density` and `truth` are rows of pixels,
        of colours each a list.
    """
    return {
        "question": {
            "checkpoint": request.checkpoint,
            "data": opened.checkpoint.dataset.name,
            "rung": rung(opened),
            "factors": dict(request.unit),
            "do": dict(request.do),
            "samples": request.samples,
            "seed": request.seed,
        },
        "link": link,
        **provenance(request.checkpoint),
        "l1": finite(answer.l1),
        "iou": finite(answer.iou) if isinstance(answer, CounterfactualAnswer) else None,
        "variables": _variables(answer),
        "density": _pixels(answer.density),
        "truth": _pixels(answer.truth),
    }


def _variables(answer: Any) -> dict[str, Any]:
    """Values before and after, by name; of factors that were drawn, the share of each class."""
    if isinstance(answer, CounterfactualAnswer):
        return shares(answer)
    stages = {"before": answer.factual, "after": answer.counterfactual}
    if answer.read:
        stages["after_in_the_model"] = answer.read
    return {
        name: {stage: finite(values[name]) for stage, values in stages.items() if name in values}
        for name in answer.factual
    }


def _pixels(picture: np.ndarray) -> list[Any]:
    """Rows of numbers; None where a pixel is not known."""
    known = np.asarray(picture, float).round(DECIMALS).astype(object)
    known[~np.isfinite(picture)] = None
    return known.tolist()
