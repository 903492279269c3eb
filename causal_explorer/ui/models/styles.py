"""SCM-VAE on styled sprites: what is lost where z is drawn from its prior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.ui import charts

_PROBED = {"accuracy": "read from z", "chance": "chance"}
_WAYS = {"abducted": "z abducted", "prior": "z from the prior"}


def overlap(series: Mapping[str, Any]) -> None:
    """IoU of the counterfactual with the truth, by style and by target."""
    by_style, by_target = series["iou_by_style"], series["iou_by_target"]
    found = charts.side_by_side(["by style of the unit", "by target of do()"], shared_yaxes=True)
    for (key, name), colour in zip(_WAYS.items(), charts.COLOURS, strict=False):
        for column, (x, own) in enumerate(
            ((by_style["styles"], by_style), (by_target["targets"], by_target)), 1
        ):
            found.add_bar(
                x=x,
                y=own[key],
                name=name,
                marker_color=colour,
                showlegend=column == 1,
                row=1,
                col=column,
            )
    found.update_yaxes(range=[0, 1.02]).update_yaxes(title="IoU with the truth", col=1)
    words = "The same questions twice: with the style that the picture shows, and with any style."
    charts.show("What abduction of z is worth", found, words)


def probe(series: Mapping[str, Any]) -> None:
    """How well each label, and each part of the style, is read from z, beside chance."""
    own, labels = series["probe"], {variable.name for variable in FACTORS}
    found = charts.side_by_side(["labels", "style"], shared_yaxes=True)
    for column, wanted in enumerate((True, False), 1):
        rows = [i for i, name in enumerate(own["variables"]) if (name in labels) == wanted]
        for key, said, colour in zip(_PROBED, _PROBED.values(), charts.COLOURS, strict=False):
            found.add_bar(
                x=[own["variables"][i] for i in rows],
                y=[own[key][i] for i in rows],
                name=said,
                marker_color=colour,
                showlegend=column == 1,
                row=1,
                col=column,
            )
    found.update_yaxes(range=[0, 1.02]).update_yaxes(title="accuracy", col=1)
    words = (
        "Labels are wanted at chance: one that is read above it is one that do() misses. The "
        "style, which no label names, is wanted above chance: it is what z is there for."
    )
    charts.show("What z carries", found, words)
