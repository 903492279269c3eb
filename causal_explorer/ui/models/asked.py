"""What each model may be asked, and how large and how trained it is: a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from causal_explorer.checkpoint import find, kept
from causal_explorer.models.base import REQUESTS
from causal_explorer.models.registry import MODELS
from causal_explorer.sharing.catalogue import entry
from causal_explorer.ui.checks.measures import table_html

_HEAD = ("model", "pictures", *REQUESTS, "size", "trained on", "in")


def asked_html(names: Sequence[str]) -> str:
    """A row for each checkpoint."""
    return table_html(_HEAD, [_row(name) for name in names], "84rem", "48rem")


def _row(name: str) -> tuple[str, ...]:
    folder = find(name)
    config, metrics = (kept(folder, f"{file}.json") or {} for file in ("config", "metrics"))
    tells = MODELS[config["model"]][0].tells
    size = (folder / "model.safetensors").stat().st_size / 2**20
    return (
        entry(name).title,
        entry(name).noun,
        *("yes" if request in tells else "–" for request in REQUESTS),
        f"{size:.1f}\u00a0MB",
        _device(metrics),
        f"{max(1, round(metrics.get('seconds', 0) / 60))}\u00a0min",
    )


def _device(metrics: dict[str, Any]) -> str:
    """CPU or CUDA, without the rest."""
    return str(metrics.get("device", "–")).split(",")[0]
