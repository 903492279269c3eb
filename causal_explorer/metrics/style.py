"""Whether a style survives: read off a picture by the renderer itself, with the factors known."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.data import styled_sprites
from causal_explorer.metrics.codes import as_array


def every_style() -> np.ndarray:
    """(S, 3) int64: each style that looks different from the others, once."""
    sizes = [variable.classes for variable in styled_sprites.HIDDEN]
    rows = np.stack([axis.ravel() for axis in np.indices(sizes)], axis=1)
    return rows[(styled_sprites.as_shown(rows) == rows).all(1)]


def style_kept(pictures: ArrayLike, units: ArrayLike) -> np.ndarray:
    """Which pictures are nearest to that of their own style, among all styles.

    Args:
        pictures: (N, 64, 64) booleans.
        units: (N, 8) int64 what they should show.

    Returns:
        (N,) booleans. Another style that is as near counts against it only where it is nearer:
        on a small sprite two of them may draw the same picture.

    Raises:
        ValueError: not one picture for each unit.
    """
    takes = "It takes (N, 64, 64) pictures and (N, 8) units"
    pictures, units = as_array(pictures, takes), as_array(units, takes)
    if units.ndim != 2 or units.shape[1] != 8 or pictures.shape != (len(units), 64, 64):
        raise ValueError(
            f"Pictures {pictures.shape} of units {units.shape}: it takes (N, 64, 64) and (N, 8)."
        )
    styles = every_style()
    kept = np.empty(len(units), bool)
    for i, (picture, unit) in enumerate(zip(pictures, units, strict=True)):
        tried = np.concatenate([np.tile(unit[:5], (len(styles), 1)), styles], axis=1)
        drawn = styled_sprites.render(np.concatenate([tried, unit[None]])).astype(bool)
        apart = (drawn != picture).sum((1, 2))
        kept[i] = apart[-1] <= apart[:-1].min()
    return kept
