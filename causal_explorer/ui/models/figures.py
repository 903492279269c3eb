"""What each model learned, drawn from what its benchmark kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.ui.models import balance, edges, effects, layers, styles, trade_off

FIGURES: dict[str, Callable[[Mapping[str, Any]], None]] = {  # by key of the study's series
    "trade_off": trade_off.trade_off,
    "unit_nats": trade_off.unit_nats,
    "log_likelihood": layers.likelihood,
    "kl_by_epoch": layers.layers_by_epoch,
    "kl_per_unit": layers.units,
    "points": lambda series: layers.projections(series, FACTORS[0]),
    "edges_by_seed": edges.learned,
    "edges_by_progress": edges.by_progress,
    "do_errors": edges.errors,
    "errors": effects.by_seed,
    "latents": effects.latents,
    "scatter": effects.scatter,
    "strengths": effects.strengths,
    "iou_by_style": styles.overlap,
    "probe": styles.probe,
    "error_by_rho": balance.error_by_rho,
    "leakage_by_rho": balance.leakage_by_rho,
    "latent_density": balance.latent_density,
}


def show(series: Mapping[str, Any]) -> None:
    """Draws every series that there is a figure for, in the order of `FIGURES`."""
    for key, draw in FIGURES.items():
        if key in series:
            draw(series)
