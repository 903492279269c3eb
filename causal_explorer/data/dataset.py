"""A data set here: variables and the renderer that makes a picture of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from causal_explorer.data import dsprites
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief


@dataclass(frozen=True)
class Dataset:
    """What the rest of the library needs to know of a data set.

    Attributes:
        name: as checkpoints name it.
        variables: one a column of a table of classes.
        render: (N, V) int classes to (N, 64, 64) uint8 pictures of 0 and 1: the truth.
    """

    name: str
    variables: tuple[Variable, ...]
    render: Callable[[np.ndarray], np.ndarray]


DATASETS = {"dsprites": Dataset("dsprites", dsprites.FACTORS, dsprites.render)}


def dataset_named(name: str) -> Dataset:
    """The data set of that name.

    Raises:
        ValueError: no such data set.
    """
    if not isinstance(name, str) or name not in DATASETS:
        raise ValueError(f"The data set {brief(name)} is unknown: there is {', '.join(DATASETS)}.")
    return DATASETS[name]
