"""The loss curve of a run as a page that opens offline."""

from __future__ import annotations

import json
from pathlib import Path


def write_curve(folder: Path, history: list[str]) -> Path | None:
    """Writes loss.html into the folder, or nothing where Plotly is not installed."""
    try:
        import plotly.graph_objects as go
    except ImportError:
        return None
    lines = [json.loads(line) for line in history]
    looks = [line for line in lines if "validation_loss" in line]
    figure = go.Figure()
    figure.add_scatter(
        x=[line["images"] for line in lines],
        y=[line["train_loss"] for line in lines],
        name="training",
    )
    figure.add_scatter(
        x=[line["images"] for line in looks],
        y=[line["validation_loss"] for line in looks],
        name="validation",
        mode="lines+markers",
    )
    figure.update_layout(xaxis_title="images", yaxis_title="loss, nats an image")
    figure.update_yaxes(type="log")
    path = folder / "loss.html"
    figure.write_html(path, include_plotlyjs="directory")
    return path
