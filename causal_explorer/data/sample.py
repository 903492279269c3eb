"""A few units of a data set with their pictures: no others are rendered."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.pictures import as_floats, split_rows
from causal_explorer.data.splits import Split


def sample(
    dataset: Dataset, split: Split, count: int, seed: int, split_seed: int = 0
) -> tuple[np.ndarray, Tensor]:
    """Units of a split, drawn with replacement.

    Args:
        dataset: that they are of.
        split: that they are drawn from.
        count: N.
        seed: of the draw.
        split_seed: of the split.

    Returns:
        (N, V + H) float64 units and their (N, …) pictures as models take them.
    """
    generator = np.random.default_rng(seed)
    if dataset.table is not None:
        table, lots = dataset.table()
        units = table[generator.choice(split_rows(len(table), split, split_seed, lots), count)]
        return units, as_floats(torch.from_numpy(dataset.render(units)))
    pictures = dataset.open(torch.device("cpu"))
    v, x = pictures(torch.from_numpy(generator.choice(pictures.rows(split, split_seed), count)))
    return v.double().numpy(), x
