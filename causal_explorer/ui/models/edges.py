"""CausalVAE: the graph that was learned, how it came about, and how do() turns out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np

from causal_explorer.ui import charts

_READ = {  # whose values of the concepts, by key of the errors
    "read": "as the model has it",
    "seen": "read off its picture",
    "seen_truth": "read off the true one",
}


def learned(series: Mapping[str, Any]) -> None:
    """Strength of every edge at the end, for each seed."""
    names, seeds = series["concepts"], series["edges_by_seed"]
    apart = series["shd_by_seed"]
    found = charts.side_by_side(
        [f"seed {k}, SHD {shd}" for k, shd in enumerate(apart)], shared_yaxes=True
    )
    for column, strengths in enumerate(seeds, 1):
        found.add_trace(charts.heat(strengths, names, names, zmin=0, zmax=1), row=1, col=column)
    found.update_yaxes(autorange="reversed").update_yaxes(title="cause", col=1)
    exact = sum(shd == 0 for shd in apart)
    words = (
        f"Rows are causes, columns effects; 1 is an edge, 0 none. {exact} of {len(apart)} graphs, "
        "each from zeros, equal the true one: the angle and the light cause both the shadow's "
        "length and its location."
    )
    charts.show("The learned graph", found, words, 300)


def by_progress(series: Mapping[str, Any]) -> None:
    """Strength of every edge while the shipped model learned."""
    names, history = series["concepts"], np.array(series["edges_by_progress"])
    found = charts.side_by_side([""])
    along = np.linspace(0, 100, len(history))
    for i, j in permutations(range(len(names)), 2):
        name = f"{names[i]} → {names[j]}"
        found.add_scatter(x=along, y=history[:, i, j], name=name, mode="lines")
    found.update_xaxes(title="of the run, %").update_yaxes(title="strength", range=[0, 1.05])
    words = "All begin undecided; they move once the mechanisms can be compared."
    charts.show("Strength of each edge while it was learned", found, words)


def errors(series: Mapping[str, Any]) -> None:
    """Mean absolute error of every concept under do() on each."""
    own, names = series["do_errors"], series["concepts"]
    found = charts.side_by_side(list(_READ.values()), shared_yaxes=True)
    for column, key in enumerate(_READ, 1):
        values = [list(own[key][target]) for target in names]
        found.add_trace(
            charts.heat(values, names, [f"do({name})" for name in names]), row=1, col=column
        )
    found.update_yaxes(autorange="reversed")
    words = (
        "Per cent of each concept's range, at values between those of the training pictures. The "
        "last is the encoder's own error: do() on the shadow makes pictures that no light throws, "
        "and that it never saw."
    )
    charts.show("Error of every concept under do(), against the truth", found, words, 300)
