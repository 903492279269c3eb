"""The truth: the renderer's pictures of units, with what no label names as it was.

It is the truth under the story and the coupling of the question: both pictures share every draw of
the factors, so their difference is the image model's and says nothing of graph, tables or
coupling.

What a picture shows and no label names, a style, is noise of the image. No do() on the factors
moves it, so it is kept; where nobody told it, the truth is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from causal_explorer.data.dataset import Dataset
from causal_explorer.inference.draws import Draws
from causal_explorer.inference.mixture import average_truth

Hidden = tuple[int, ...] | None  # classes in the data set's order; None where they are not known


def average_unit_truth(dataset: Dataset, draws: Draws, hidden: Sequence[Hidden]) -> np.ndarray:
    """The renderer's pictures, averaged over each answer's draws.

    Args:
        dataset: whose renderer knows.
        draws: of the factors' classes, for Q answers.
        hidden: of each answer.

    Returns:
        (Q, 64, 64) float64; NaN where what is hidden is not known.
    """
    told = np.array([h if h is not None else [0] * len(dataset.hidden) for h in hidden], np.int64)
    units = dataset.units(draws.classes.numpy(), told[draws.owners.numpy()])
    truth = average_truth(dataset, replace(draws, classes=torch.from_numpy(units)))
    truth[[h is None for h in hidden]] = np.nan
    return truth


def draw_hidden(dataset: Dataset, count: int, generator: torch.Generator) -> torch.Tensor:
    """(count, H) int64 of a population, from the prior; no draw is made where H is 0."""
    if dataset.draw_hidden is None:
        return torch.zeros(count, 0, dtype=torch.int64)
    seed = int(torch.randint(2**63 - 1, (), generator=generator))
    return torch.from_numpy(dataset.draw_hidden(count, np.random.default_rng(seed)))
