"""One unit of a data set: what a person sets of it, and what follows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from causal_explorer.data.dataset import Dataset
from causal_explorer.scm.equations import Equations
from causal_explorer.scm.variables import AnyVariable, Quantity
from causal_explorer.wording import brief


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
    found = {name: known[name].parse(value) for name, value in values.items()}
    needed = [v.name for v in adjustable(dataset) if drawn or v.name not in hidden]
    missing = [name for name in needed if name not in found]
    if missing:
        raise ValueError(f"{', '.join(missing)} has no value: a unit takes all of them.")
    law = dataset.scm() if dataset.scm else None
    if isinstance(law, Equations):
        noise = {name: np.zeros(1) for name in law.equations}
        noise |= {n: np.array([float(v)]) for n, v in found.items() if n not in law.equations}
        followed = law.predict(noise, {n: v for n, v in found.items() if n in law.equations})
        found |= {n: float(v[0]) for n, v in followed.items() if n not in found}
    return {name: found[name] for name in known if name in found}


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
