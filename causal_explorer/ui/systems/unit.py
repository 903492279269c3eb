"""The widgets of any data set: what a unit is, and what is done to it, from its variables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from zlib import crc32

import streamlit as st

from causal_explorer.data import units
from causal_explorer.data.dataset import Dataset
from causal_explorer.inference.opened import Opened
from causal_explorer.scm.variables import AnyVariable, Quantity
from causal_explorer.sharing.catalogue import label
from causal_explorer.sharing.request import Request, Values
from causal_explorer.ui import controls
from causal_explorer.ui.address import bound

_FINE = 1_000  # steps from which a number is typed
_STARTS = {  # a first unit that shows something, by data set; the rest starts in the middle
    "pendulum": {"angle": 20.0, "light": 95.0},
    "styled-sprites": {
        "shape": 2,
        "scale": 5,
        "orientation": 4,
        "posX": 15,
        "posY": 15,
        "style": 1,
    },
    "treatment": {"severity": 1.0, "shape": 2, "orientation": 4, "speckle": 0.0, "lot": 0.95},
    "dsprites": {"shape": 2, "scale": 4, "orientation": 4, "posX": 15, "posY": 15},
}


def unit(dataset: Dataset, system: str) -> Values:
    """A unit of a data set, from a widget for each variable that a person sets.

    Args:
        dataset: that it is of.
        system: the checkpoint, which the keys of the widgets begin with.
    """
    first, found = dict(first_unit(dataset)), dict[str, float]()
    for v in units.adjustable(dataset):
        own = key(system, v.name)
        found[v.name] = _value(v, own, first[v.name], v.title, v.name in dataset.idle(found))
    return tuple(found.items())


def first_unit(dataset: Dataset) -> Values:
    """What the widgets stand at before anybody moves them."""
    starts = _STARTS.get(dataset.name, {})
    return tuple((v.name, starts.get(v.name, middle(v))) for v in units.adjustable(dataset))


def intervention(variables: Sequence[AnyVariable], system: str, first: str) -> Values:
    """Any subset of the targets that a model takes, and a value for each."""
    names = [variable.name for variable in variables]
    titles = {variable.name: variable.title for variable in variables}
    targets = bound(
        st.pills,
        "Intervene on",
        names,
        format_func=titles.__getitem__,
        selection_mode="multi",
        default=[first] if first in names else names[:1],
        key=key(system, "do"),
        wrap=True,
        help="do() sets a variable from outside: its own causes no longer matter, and its "
        "descendants answer. Only what the model can set is offered.",
    )
    return tuple(
        (v.name, _value(v, key(system, f"do_{v.name}"), other(v), f"do({v.name} = …)"))
        for v in variables
        if v.name in targets
    )


def key(system: str, name: str) -> str:
    """Of a widget, and in the address: systems share no control, so a change of system is clean."""
    own = re.sub(r"\W+", "-", system)
    if own != system:  # a folder of the user's; a class of a page's style takes no such name
        own = f"{own}-{crc32(system.encode()):08x}"
    return f"{own}_{name.replace(' ', '_')}"


def address(request: Request, opened: Opened) -> dict[str, list[str]]:
    """What stands behind the question mark of the address that asks a request."""
    dataset, system = opened.checkpoint.dataset, request.checkpoint
    by_name = {v.name: v for v in (*dataset.variables, *dataset.hidden)}
    found = {"system": [label(system)], "seed": [str(request.seed)]}
    found |= {key(system, name): [_text(by_name[name], value)] for name, value in request.unit}
    found[key(system, "do")] = [by_name[name].title for name, _ in request.do]
    for name, value in request.do:
        found[key(system, f"do_{name}")] = [_text(by_name[name], value)]
    return found


def _text(variable: AnyVariable, value: float) -> str:
    """A value as its widget writes it into the address."""
    if not isinstance(variable, Quantity) and variable.labels:
        return variable.label(value)
    return str(value)


def middle(variable: AnyVariable) -> float:
    """Where its control stands at first."""
    if isinstance(variable, Quantity):
        return _on_step(variable, (variable.low + variable.high) / 2)
    return 0 if variable.labels else variable.classes // 2


def other(variable: AnyVariable) -> float:
    """A value that a target is set to at first: another one than where its unit starts."""
    if isinstance(variable, Quantity):
        return _on_step(variable, variable.low + 0.25 * (variable.high - variable.low))
    return 1 if variable.labels else variable.classes // 4


def _on_step(variable: Quantity, value: float) -> float:
    """The nearest value that its slider can take."""
    return variable.low + round((value - variable.low) / variable.step) * variable.step


def _value(
    variable: AnyVariable, own: str, default: float, label: str, disabled: bool = False
) -> float:
    if isinstance(variable, Quantity):
        return _quantity(variable, own, default, label)
    return controls.choose_class(variable, own, int(default), label, disabled)


def _quantity(variable: Quantity, own: str, default: float, label: str) -> float:
    if (variable.high - variable.low) / variable.step > _FINE:
        bounds = (variable.low, variable.high, default, variable.step)
        low, high, start, step = map(int, bounds) if variable.step % 1 == 0 else bounds
        return bound(st.number_input, label, low, high, start, step, key=own, help=variable.about)
    return bound(
        st.slider,
        f"{label} [{variable.unit}]" if variable.unit else label,
        variable.low,
        variable.high,
        default,
        variable.step,
        key=own,
        help=variable.about,
    )


def as_labels(values: Mapping[str, float], variables: Sequence[AnyVariable]) -> dict[str, str]:
    """Titles and values as a person reads them; what else has a value is left out."""
    return {v.title: v.label(values[v.name]) for v in variables if v.name in values}
