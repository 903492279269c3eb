"""The loss curve of a run as a page that opens offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_TOLD = "%{y:.4g} nats at %{x:,.0f} images, %{customdata:.3g} epochs"


def write_curve(folder: Path, history: list[str]) -> Path | None:
    """Writes loss.html into the folder, or nothing where Plotly is not installed.

    Raises:
        OSError: it cannot be written.
    """
    try:
        import plotly.graph_objects as go
    except ImportError:
        return None
    lines = [json.loads(line) for line in history]
    figure = go.Figure()
    for name, key, mode in (
        ("training", "train_loss", "lines"),
        ("validation", "validation_loss", "lines+markers"),
    ):
        figure.add_scatter(**_points(lines, key), name=name, mode=mode, hovertemplate=_TOLD)
    figure.update_layout(xaxis_title="images", yaxis_title="loss, nats an image")
    losses = [value for trace in figure.data for value in trace.y]  # type: ignore[attr-defined]
    figure.update_yaxes(
        type="log" if min(losses, default=1) > 0 else "linear"
    )  # densities exceed 1
    path = folder / "loss.html"
    figure.write_html(path, include_plotlyjs="directory")
    return path


def _points(lines: list[dict[str, Any]], key: str) -> dict[str, list[Any]]:
    """Where that loss was measured."""
    seen = [line for line in lines if key in line]
    return {
        "x": [line["images"] for line in seen],
        "y": [line[key] for line in seen],
        "customdata": [line.get("epochs") for line in seen],  # older logs do not say
    }
