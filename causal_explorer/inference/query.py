"""What a user asks, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

import numpy as np

from causal_explorer.data.raster import SIZE
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief, first_line

MAX_SAMPLES = 100_000


def parse_classes(
    values: Mapping[str, object] | None, variables: tuple[Variable, ...], argument: str
) -> dict[str, int]:
    """Classes by factor, from class numbers or labels.

    Args:
        values: what the user gave.
        variables: of the data set.
        argument: the name under which the user gave it, for the sentence.

    Raises:
        ValueError: not a mapping, an unknown factor, or a class out of range.
    """
    by_name = {variable.name: variable for variable in variables}
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise ValueError(
            f"{argument} is a {type(values).__name__}: it takes a dict from a factor to a class."
        )
    parsed = {}
    for name in values:
        if not isinstance(name, str) or name not in by_name:
            raise ValueError(
                f"{argument} names the unknown factor {brief(name)}: it takes {', '.join(by_name)}."
            )
        parsed[name] = by_name[name].parse(values[name])
    return parsed


def require_some(values: Mapping[str, int], argument: str) -> None:
    """Refuses an empty query.

    Raises:
        ValueError: nothing was given.
    """
    if not values:
        raise ValueError(f"{argument} is empty: give at least one factor with its class.")


def require_all(values: Mapping[str, int], variables: tuple[Variable, ...]) -> None:
    """Refuses partial evidence.

    Raises:
        ValueError: a factor has no class.
    """
    missing = [variable.name for variable in variables if variable.name not in values]
    if missing:
        raise ValueError(
            f"factors lacks {', '.join(missing)}: this version abducts from all of "
            f"{', '.join(variable.name for variable in variables)}."
        )


def parse_image(image: object) -> np.ndarray:
    """A picture as (64, 64) float32 of 0 and 1.

    Raises:
        ValueError: wrong type or shape, NaN, or any value but 0 and 1.
    """
    try:
        picture = np.asarray(image)
    except Exception as error:  # whatever an object's own conversion raises
        raise ValueError(
            f"image is a {type(image).__name__} that is no array of numbers: {first_line(error)}."
        ) from error
    if np.ma.is_masked(image):
        raise ValueError("image has masked pixels: it takes all of them.")
    if picture.dtype.kind not in "buif":
        raise ValueError(f"image has type {picture.dtype}: it takes numbers.")
    if picture.shape != (SIZE, SIZE):
        raise ValueError(f"image has shape {picture.shape}: it takes ({SIZE}, {SIZE}).")
    if np.isnan(picture).any():
        raise ValueError("image holds NaN: it takes pixels of 0 and 1.")
    if not np.isin(picture, (0, 1)).all():
        raise ValueError(
            f"image holds values from {picture.min():g} to {picture.max():g}: it takes pixels "
            "of exactly 0 and 1, so scale and threshold it first."
        )
    return picture.astype(np.float32)


def parse_count(value: object, argument: str, lowest: int, highest: int) -> int:
    """A whole number within bounds.

    Raises:
        ValueError: anything else.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not lowest <= int(value) <= highest:  # type: ignore[call-overload]
        raise ValueError(
            f"{argument} is {brief(value)}: it takes a whole number from {lowest} to {highest:,}."
        )
    return int(value)  # type: ignore[call-overload]
