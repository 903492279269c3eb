"""One unit of a data set: what a person sets of it, and what follows."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from causal_explorer.data.dataset import Dataset
from causal_explorer.scm.equations import Equations
from causal_explorer.scm.variables import AnyVariable, Quantity
from causal_explorer.wording import brief

_HUGE = 1e18  # what no law says, and a float may not hold


def adjustable(dataset: Dataset) -> tuple[AnyVariable, ...]:
    """The variables that a person sets: under physical laws the roots alone; what is hidden too."""
    law = dataset.scm() if dataset.scm else None
    effects = set(law.equations) if isinstance(law, Equations) else set()
    return (*(v for v in dataset.variables if v.name not in effects), *dataset.hidden)


def complete(dataset: Dataset, values: Mapping[str, float], drawn: bool = True) -> dict[str, float]:
    """Values of all variables, hidden ones last, from those of the adjustable ones.

    Args:
        dataset: that the unit is of.
        values: of every adjustable variable, and of others where they are to differ from what
            the law says.
        drawn: whether it is to be drawn, which takes what is hidden too.

    Raises:
        ValueError: an unknown variable, one that is missing, or a value out of range.
    """
    known = {variable.name: variable for variable in (*dataset.variables, *dataset.hidden)}
    if not isinstance(values, Mapping):
        raise ValueError(f"factors is {brief(values)}: it takes values by variable.")
    hidden = {variable.name for variable in dataset.hidden}
    for name in values:
        if name not in known:
            raise ValueError(f"{brief(name)} is no variable: there is {', '.join(known)}.")
    law = dataset.scm() if dataset.scm else None
    effects = set(law.equations) if isinstance(law, Equations) else set()
    found = {n: known[n].parse(value) for n, value in values.items() if n not in effects}
    needed = [v.name for v in adjustable(dataset) if drawn or v.name not in hidden]
    missing = [name for name in needed if name not in found]
    if missing:
        raise ValueError(f"{', '.join(missing)} has no value: a unit takes all of them.")
    if isinstance(law, Equations):
        found |= _followed(law, known, found, {n: values[n] for n in values if n in effects})
    return {name: found[name] for name in known if name in found}


def _followed(
    law: Equations,
    known: Mapping[str, AnyVariable],
    roots: Mapping[str, float],
    told: Mapping[str, object],
) -> dict[str, float]:
    """The effects of a unit's roots: as told, which may be out of range where the law says so."""
    noise = {name: np.array([float(roots.get(name, 0.0))]) for name in law.order}
    said = law.predict(noise)
    differing = {
        name: known[name].parse(value)
        for name, value in told.items()
        if not (isinstance(known[name], Quantity) and _same(value, float(said[name][0])))
    }
    followed = law.predict(noise, differing)
    return {name: float(followed[name][0]) for name in law.equations}


def _same(value: object, number: float) -> bool:
    """Whether a value is that number, up to the rounding of single precision."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        return False
    return bool(abs(value) < _HUGE) and math.isclose(value, number, rel_tol=1e-6, abs_tol=1e-6)


def picture(dataset: Dataset, values: Mapping[str, float]) -> np.ndarray:
    """(*shape) the renderer's picture of a unit, floats in [0, 1].

    Raises:
        ValueError: as `complete`.
    """
    return draw(dataset, complete(dataset, values))


def draw(dataset: Dataset, unit: Mapping[str, float]) -> np.ndarray:
    """(*shape) the renderer's picture of all values of a unit, as its law has them."""
    variables = (*dataset.variables, *dataset.hidden)
    row = [unit[variable.name] for variable in variables]
    quantities = any(isinstance(variable, Quantity) for variable in variables)
    drawn = dataset.render(np.array([row], float if quantities else np.int64))[0]
    return drawn / 255 if drawn.ndim == 3 else drawn.astype(float)
