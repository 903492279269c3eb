"""Two couplings side by side: the same question, the same data, two answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.ui.changes import percent
from causal_explorer.ui.pictures import Figure, figures_html

TEXT = (
    "Both couplings fit all that could ever be observed, with any amount of data: they differ only "
    "in what the same noise would have done under other causes. No data can decide between them."
)


def disagreement(answers: Mapping[str, CounterfactualAnswer]) -> dict[str, float]:
    """Total variation distance of each factor's law between two couplings, from the draws."""
    one, other = answers.values()
    return {
        v.name: float(np.abs(one.shares(v.name) - other.shares(v.name)).sum() / 2)
        for v in one.variables
    }


def sentence(distances: Mapping[str, float]) -> str:
    """Where the couplings disagree; distances of below 3 % are noise of the draws."""
    apart = {name: distance for name, distance in distances.items() if distance > 0.03}
    if not apart:
        return "Here they agree: whatever the coupling, the answer is the same."
    parts = [f"{name} ({percent(distance)})" for name, distance in apart.items()]
    return (
        f"They disagree about {', '.join(parts)}: that share of the draws would have to change to "
        "turn one answer into the other."
    )


def side_by_side_html(answers: Mapping[str, CounterfactualAnswer]) -> str:
    """Density and truth under each coupling."""
    figures = []
    for name, answer in answers.items():
        title = name.capitalize()
        figures += [
            Figure(f"{title}: density", "as the model paints it", f"{title} density", a)
            if kind == "density"
            else Figure(f"{title}: truth", "for the same draws", f"{title} truth", a)
            for kind, a in (("density", answer.density), ("truth", answer.truth))
        ]
    return figures_html("", figures)
