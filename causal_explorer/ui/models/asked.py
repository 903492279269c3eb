"""What each model may be asked, and how large and how trained it is: a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from causal_explorer.checkpoint import find, kept
from causal_explorer.models.base import REQUESTS
from causal_explorer.models.registry import MODELS
from causal_explorer.sharing.catalogue import entry
from causal_explorer.ui.checks.measures import table_html

_LONGEST = 1e9  # seconds; more than that no run took
_HEAD = ("model", "pictures", *REQUESTS, "size", "trained on", "in")


def asked_html(names: Sequence[str]) -> str:
    """A row for each checkpoint."""
    return table_html(_HEAD, [_row(name) for name in names], "84rem", "48rem")


def _row(name: str) -> tuple[str, ...]:
    folder = find(name)
    config, metrics = (kept(folder, f"{file}.json") or {} for file in ("config", "metrics"))
    tells = MODELS[config["model"]][0].tells
    return (
        entry(name).title,
        entry(name).noun,
        *("yes" if request in tells else "–" for request in REQUESTS),
        _size(folder / "model.safetensors"),
        _device(metrics),
        _minutes(metrics.get("seconds")),
    )


def _size(weights: Path) -> str:
    try:
        return f"{weights.stat().st_size / 2**20:.1f}\u00a0MB"
    except OSError:
        return "–"


def _minutes(seconds: object) -> str:
    if not isinstance(seconds, int | float) or not 0 <= seconds < _LONGEST:
        return "–"
    return f"{max(1, round(seconds / 60)):,}\u00a0min"


def _device(metrics: dict[str, Any]) -> str:
    """CPU or CUDA, without the rest."""
    return str(metrics.get("device", "–")).split(",")[0]
