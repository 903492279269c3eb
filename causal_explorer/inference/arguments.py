"""What a user gives beside pictures, checked: classes, counts, seeds and lists of values."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

import numpy as np
import torch
from torch import Tensor

from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief

MAX_SAMPLES = 100_000
_FARTHEST = 1_000_000  # of a latent or a treatment: a network turns larger numbers into none


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


def parse_seed(value: object) -> int:
    """A seed of draws.

    Raises:
        ValueError: no whole number from 0 that a generator takes.
    """
    return parse_count(value, "seed", 0, 2**63 - 1)


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


def parse_factor(name: object, variables: tuple[Variable, ...]) -> Variable:
    """The factor of that name.

    Raises:
        ValueError: there is none.
    """
    by_name = {variable.name: variable for variable in variables}
    if not isinstance(name, str) or name not in by_name:
        raise ValueError(f"factor={brief(name)} is unknown: it takes one of {', '.join(by_name)}.")
    return by_name[name]


def parse_treatment(do: object, treatment: Variable) -> int:
    """The class that do() sets the treatment to, where nothing else can be set.

    Raises:
        ValueError: not a mapping, another variable in it, or no class of the treatment.
    """
    if not isinstance(do, Mapping) or list(do) != [treatment.name]:
        raise ValueError(
            f"do is {brief(do)}: it sets {treatment.name}, the treatment, and nothing else."
        )
    return treatment.parse(do[treatment.name])


def require_some(values: Mapping[str, object], argument: str) -> None:
    """Refuses an empty query.

    Raises:
        ValueError: nothing was given.
    """
    if not values:
        raise ValueError(f"{argument} is empty: give at least one factor with its class.")


def require_all(given: Mapping[str, int], variables: tuple[Variable, ...], rule: str) -> None:
    """Refuses partial evidence, where it takes all of these factors.

    Args:
        given: classes by factor.
        variables: the factors.
        rule: what takes all of them, for the sentence.

    Raises:
        ValueError: a factor has no class.
    """
    missing = [variable.name for variable in variables if variable.name not in given]
    if missing:
        raise ValueError(f"factors lacks {', '.join(missing)}: {rule}.")


def as_array(value: object, argument: str) -> np.ndarray:
    """What a user gives as an array, a tensor too, of whatever type its elements are.

    Args:
        value: what the user gave.
        argument: the name under which the user gave it, for the sentence.

    Raises:
        ValueError: it is none, or hides some of its elements behind a mask.
    """
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        value = value.float() if value.is_floating_point() else value
    try:
        found = np.asarray(value)
    except Exception as error:  # whatever an object's own conversion raises
        raise ValueError(
            f"{argument} is a {type(value).__name__} that is no array of numbers."
        ) from error
    parts = value if isinstance(value, (list, tuple)) else [value]
    if any(np.ma.is_masked(part) for part in parts):
        raise ValueError(f"{argument} is masked in part: it takes all of its numbers.")
    if found.dtype == object:
        raise ValueError(f"{argument} is {brief(value)}: it takes an array of numbers.")
    return found


def parse_values(values: object) -> Tensor:
    """(K,) float32 of a list of finite numbers.

    Raises:
        ValueError: anything else.
    """
    found = as_array(values, "values")
    listed = found.ndim == 1 and len(found) and found.dtype.kind in "uif"
    if not listed or not (np.abs(found) <= _FARTHEST).all():
        raise ValueError(
            f"values is {brief(values)}: it takes a list of numbers up to {_FARTHEST:,}."
        )
    return torch.from_numpy(found.astype(np.float32))
