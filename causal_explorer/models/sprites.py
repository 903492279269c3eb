"""The data sets that image mechanisms and the recogniser of sprites learn."""

from __future__ import annotations

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE

_FACTORS = ("shape", "scale", "orientation", "posX", "posY")


def require_sprites(dataset: Dataset, model: str) -> None:
    """Refuses a data set of anything but sprites, before a size of the network is looked at.

    Args:
        dataset: that the model is to learn.
        model: its name, for the sentence.

    Raises:
        ValueError: other variables, or other pictures.
    """
    names = tuple(variable.name for variable in dataset.variables)
    if names != _FACTORS or dataset.shape != (SIZE, SIZE):
        raise ValueError(
            f"{model} learns pictures of {', '.join(_FACTORS)}: "
            f"{dataset.name} has {', '.join(names)}."
        )
