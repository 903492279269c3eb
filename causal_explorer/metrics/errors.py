"""Where an image model errs: wrong pixels of its reconstructions, sprite by sprite."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from causal_explorer.data import dsprites
from causal_explorer.inference import arguments
from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.traversal import draw_noise, pixels_apart, reconstruct

_AT_ONCE = 1_024  # pictures held at a time: bounds the memory
_SAMPLES = 64  # hence 16 draws of z: their mean is thresholded, and needs not be sharp


def wrong_pixels(explorer: Explorer, classes: np.ndarray, seed: int = 0) -> np.ndarray:
    """How many of the 4,096 pixels of each reconstruction, thresholded at 0.5, are not the truth.

    A reconstruction is the mean over 16 draws of z, where pictures read z.

    Args:
        explorer: whose image model reconstructs.
        classes: (N, 5) ints, the sprites.
        seed: of the draws of z, where pictures read it; the same for each picture.

    Returns:
        (N,) int64.

    Raises:
        ValueError: in one sentence, what was given and what is allowed.
    """
    table = dsprites.check(classes)
    start = arguments.parse_seed(seed)
    wrong = np.empty(len(table), dtype=np.int64)
    for first in range(0, len(table), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        noise = draw_noise(explorer.world, _SAMPLES, torch.Generator().manual_seed(start))
        wrong[part] = pixels_apart(*reconstruct(explorer.world, table[part], noise))
    return wrong


def error_map(
    explorer: Explorer, factors: Mapping[str, object], across: str, down: str, seed: int = 0
) -> np.ndarray:
    """Wrong pixels of one sprite under all classes of two factors.

    Args:
        explorer: whose image model reconstructs.
        factors: classes of the other factors, by number or label.
        across: the factor of the columns.
        down: the factor of the rows.
        seed: as in `wrong_pixels`.

    Returns:
        (rows, columns) int64.

    Raises:
        ValueError: in one sentence, what was given and what is allowed.
    """
    variables = explorer.story.variables
    columns, rows = (arguments.parse_factor(name, variables) for name in (across, down))
    if columns is rows:
        raise ValueError(f"across and down are both {across}: a map takes two different factors.")
    given = arguments.parse_classes(factors, variables, "factors")
    others = tuple(v for v in variables if v not in (columns, rows))
    arguments.require_all(given, others, f"a map of {across} and {down} takes all others")
    row, column = np.indices((rows.classes, columns.classes))
    held = {name: np.full_like(row, value) for name, value in given.items()}
    table = held | {rows.name: row, columns.name: column}
    classes = np.stack([table[v.name] for v in variables], axis=-1)  # (rows, columns, V)
    wrong = wrong_pixels(explorer, classes.reshape(-1, len(variables)), seed)
    return wrong.reshape(row.shape)
