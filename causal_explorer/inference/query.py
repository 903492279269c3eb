"""What a user asks, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.inference.agreement import iou
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief, first_line

MAX_SAMPLES = 100_000
_CONTRADICTION = 0.5  # IoU of image and the factors' picture under which they contradict
_ARGUMENTS = ("factors", "image", "do")


@dataclass(frozen=True)
class Question:
    """A counterfactual question, checked.

    Attributes:
        x: (64, 64) float32 of 0 and 1, the image.
        v: its class of each factor.
        do: targets and their classes.
    """

    x: np.ndarray
    v: tuple[int, ...]
    do: dict[str, int]


def parse_questions(questions: Iterable[Mapping[str, object]], dataset: Dataset) -> list[Question]:
    """Checks questions, and draws the images that they leave out.

    Args:
        questions: each with some of `factors`, `image` and `do`.
        dataset: that they are about.

    Raises:
        ValueError: an unknown argument, bad or missing factors, no target, or an image that
            shows something else than its factors say.
    """
    wrong = f"questions is of type {type(questions).__name__}: it takes a list of dicts."
    if isinstance(questions, (str, Mapping)):
        raise ValueError(wrong)
    try:
        listed = list(questions)
    except TypeError as error:
        raise ValueError(wrong) from error
    asked = [_parse(question, dataset.variables) for question in listed]
    if not asked:
        return []
    drawn = dataset.render(np.array([v for _, v, _ in asked])).astype(np.float32)
    seen = [
        picture if image is None else parse_image(image)
        for (image, _, _), picture in zip(asked, drawn, strict=True)
    ]
    for x, picture in zip(seen, drawn, strict=True):
        _require_agreement(x, picture)
    return [Question(x, v, do) for x, (_, v, do) in zip(seen, asked, strict=True)]


def _parse(
    question: Mapping[str, object], variables: tuple[Variable, ...]
) -> tuple[object, tuple[int, ...], dict[str, int]]:
    """A question's image as given, its classes and its targets."""
    if not isinstance(question, Mapping) or set(question) - set(_ARGUMENTS):
        raise ValueError(
            f"questions holds {brief(question)}: it takes dicts with {', '.join(_ARGUMENTS)}."
        )
    evidence = parse_classes(question.get("factors"), variables, "factors")
    targets = parse_classes(question.get("do"), variables, "do")
    require_some(targets, "do")
    require_all(evidence, variables)
    return question.get("image"), tuple(evidence[v.name] for v in variables), targets


def parse_factor(name: object, variables: tuple[Variable, ...]) -> Variable:
    """The factor of that name.

    Raises:
        ValueError: there is none.
    """
    by_name = {variable.name: variable for variable in variables}
    if not isinstance(name, str) or name not in by_name:
        raise ValueError(f"factor={brief(name)} is unknown: it takes one of {', '.join(by_name)}.")
    return by_name[name]


def parse_classes(values: object, variables: tuple[Variable, ...], argument: str) -> dict[str, int]:
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


def _require_agreement(seen: np.ndarray, drawn: np.ndarray) -> None:
    """Refuses an image that shows something else than its factors say."""
    overlap = 1.0 if seen is drawn else iou(seen, drawn)
    if not overlap >= _CONTRADICTION:
        raise ValueError(
            f"image and factors contradict each other: the image overlaps with the factors' "
            f"picture by {overlap:.2f} (intersection over union), below {_CONTRADICTION}."
        )
