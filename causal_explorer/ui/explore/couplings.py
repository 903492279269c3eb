"""Two couplings side by side: the same question, the same data, two answers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.agreement import iou
from causal_explorer.sharing.panel import Figure
from causal_explorer.sharing.words import listed, percent, truth_under
from causal_explorer.ui.pictures import figures_html

TEXT = (
    "Both couplings fit all that could ever be observed, with any amount of data: they differ only "
    "in what the same noise would have done under other causes. No data can decide between them."
)


def sentence(distances: Mapping[str, float] | None) -> str:
    """Where the couplings disagree; None where the laws could not be enumerated."""
    if distances is None:
        return "With so little known, the laws are too large to be compared exactly."
    apart = {name: distance for name, distance in distances.items() if distance > 1e-6}
    if not apart:
        return "Here they agree: each factor has the same law, whatever the coupling."
    parts = listed(f"{name} ({percent(distance)})" for name, distance in apart.items())
    return (
        f"They disagree about {parts}: in at least that share of the draws the factor comes out "
        "otherwise under the other coupling (total variation)."
    )


def truths(answers: Mapping[str, CounterfactualAnswer]) -> str:
    """By how much the two truths overlap, whatever each answer scores against its own."""
    if not all(answer.truth_known for answer in answers.values()):
        return "No truth is known of this picture, under either coupling."
    one, other = (answer.truth for answer in answers.values())
    shared = iou(one, other)
    told = "are black" if math.isnan(shared) else f"overlap by {shared:.3f} (IoU)"
    return (
        f"The two truths {told}. An answer is compared with the truth under its own coupling: that "
        "tests the image model, and cannot test the coupling."
    )


def side_by_side_html(answers: Mapping[str, CounterfactualAnswer]) -> str:
    """Density and truth under each coupling."""
    figures = []
    for name, answer in answers.items():
        title = name.capitalize()
        figures += [
            Figure(f"{title}: density", "as the model paints it", f"{title} density", a)
            if kind == "density"
            else Figure(truth_under(name), "for the same draws", truth_under(name), a)
            for kind, a in (("density", answer.density), ("truth", answer.truth))
            if kind == "density" or answer.truth_known
        ]
    return figures_html("", figures)
