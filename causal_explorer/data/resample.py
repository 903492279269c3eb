"""The data set that a story entails: ancestral draws of the factors, looked up by row.

Every combination of factors occurs exactly once in dSprites, so drawing rows in proportion
to p(v) of the story makes a data set that is faithful to the story's graph.
"""

from __future__ import annotations

from numbers import Integral
from pathlib import Path

import numpy as np
import torch

from causal_explorer.data import dsprites
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.story import Story
from causal_explorer.wording import brief

_MOST = 100_000_000  # pictures


def resample(story: SCM, count: int, seed: int = 0) -> np.ndarray:
    """Draws rows of dSprites from p(v) of a story.

    Args:
        story: over dSprites' factors.
        count: how many pictures.
        seed: of the draw.

    Returns:
        (count,) int64 rows of the published file; `dsprites.classes_of` gives the factors.

    Raises:
        ValueError: the story is not over dSprites' factors; a count or seed out of range.
    """
    for what, value, least, most in (("count", count, 1, _MOST), ("seed", seed, 0, 2**63 - 1)):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not whole or not least <= value <= most:
            raise ValueError(
                f"{what} is {brief(value)}: it takes a whole number from {least} to {most:,}."
            )
    if story.variables != dsprites.FACTORS:
        raise ValueError(f"The story {brief(story.name)} is not over dSprites' factors.")
    generator = torch.Generator().manual_seed(seed)
    coupling = COUPLINGS["monotone"]  # one uniform a factor; any coupling has the same p(v)
    classes = story.predict(story.draw_noise(count, coupling, generator), coupling)
    return dsprites.index(story.stack(classes).numpy())


def write_resampled(path: Path, story: Story, count: int, seed: int = 0) -> None:
    """Writes the data set that a story entails, as rows of dSprites with how often each occurs.

    The file is a NumPy archive: `index` (M,) int64 rows of the published file, ascending;
    `multiplicity` (M,) int64; `seed`; and `story`, the story's own text.

    Args:
        path: of the .npz file.
        story: over dSprites' factors.
        count: how many pictures.
        seed: of the draw.

    Raises:
        ValueError: the story does not fit dSprites, or the file cannot be written.
    """
    if not isinstance(path, (str, Path)) or Path(path).suffix != ".npz":
        raise ValueError(f"path is {brief(path)}: it takes a file that ends in .npz.")
    if not isinstance(story, Story):
        raise ValueError(f"story is of type {type(story).__name__}: read_story makes a Story.")
    rows = resample(story.build(dsprites.FACTORS), count, seed)
    index, multiplicity = np.unique(rows, return_counts=True)
    try:
        np.savez_compressed(
            path, index=index, multiplicity=multiplicity, seed=seed, story=story.to_toml()
        )
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}.") from error
