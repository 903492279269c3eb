"""What is asked of any system: a unit, what is done to it, and the panel that shows the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.opened import Opened
from causal_explorer.scm.variables import AnyVariable, Quantity
from causal_explorer.sharing.panel import AFTER, MEANING, Figure, Panel, iou_text, l1_text
from causal_explorer.sharing.words import draws_text, listed, truth_under

Values = tuple[
    tuple[str, float], ...
]  # (variable, value) pairs: hashable, so answers can be cached


@dataclass(frozen=True)
class Request:
    """All that an answer of a system depends on.

    Attributes:
        checkpoint: name of the trained model.
        unit: values of what a person sets of a unit.
        do: targets and their values; empty while the user has chosen none.
        samples: draws of the noise.
        seed: of the draws.
    """

    checkpoint: str
    unit: Values
    do: Values
    samples: int = 101
    seed: int = 0

    def ask(self, opened: Opened) -> Any:
        """The answer of the highest rung that the model reaches.

        Args:
            opened: the checkpoint.

        Raises:
            RefusedError: the model takes no interventions.
            ValueError: in one sentence, what was asked and what is allowed.
        """
        ask = getattr(opened, rung(opened))
        return ask(factors=dict(self.unit), do=dict(self.do), samples=self.samples, seed=self.seed)


def rung(opened: Opened) -> str:
    """The highest that a model reaches of one unit: "counterfactual" or "intervention"."""
    return "counterfactual" if "counterfactual" in opened.may else "intervention"


def choices(variable: AnyVariable) -> list[float]:
    """Every value that the control of a variable can take, in order."""
    if isinstance(variable, Quantity):
        steps = round((variable.high - variable.low) / variable.step)
        return [variable.low + k * variable.step for k in range(steps + 1)]
    return list(range(variable.classes))


def request_varied(request: Request, name: str, done: bool, variable: AnyVariable) -> list[Request]:
    """The request at every value of one of its variables.

    Args:
        request: at one of them.
        name: of the variable.
        done: whether do() sets it; else it is of the unit.
        variable: that has the name.
    """
    field = "do" if done else "unit"
    pairs: Values = getattr(request, field)
    return [
        replace(request, **{field: tuple((n, k if n == name else old) for n, old in pairs)})
        for k in choices(variable)
    ]


def swept(request: Request, opened: Opened, most: int) -> list[tuple[AnyVariable, bool]]:
    """The variables of a request that take no more values than that; whether do() sets each.

    Those of the unit that change nothing, as the others stand, are left out.
    """
    dataset = opened.checkpoint.dataset
    idle = dataset.idle(dict(request.unit))
    by_name = {variable.name: variable for variable in (*dataset.variables, *dataset.hidden)}
    named = [(name, True) for name, _ in request.do] + [
        (name, False) for name, _ in request.unit if name not in idle
    ]
    found = [(by_name[name], done) for name, done in named]
    return [(variable, done) for variable, done in found if len(choices(variable)) <= most]


def values_text(values: Mapping[str, float], variables: Iterable[AnyVariable]) -> str:
    """Values as do() takes them, by name: "angle = 20°, shadow_length = 5.5 units"."""
    own = [v for v in variables if v.name in values]
    return ", ".join(f"{v.name} = {v.label(values[v.name])}" for v in own)


def request_panel(request: Request, answer: Any, opened: Opened) -> Panel:
    """The panel of an answer to a request.

    Args:
        request: with at least one target.
        answer: a `PictureAnswer`, or a `CounterfactualAnswer`.
        opened: that gave it.
    """
    dataset = opened.checkpoint.dataset
    variables = (*dataset.variables, *dataset.hidden)
    formula = f"do({values_text(dict(request.do), variables)})"
    pictures = (*_before(request, answer, opened), *_after(formula, request, answer, opened))
    overlap = iou_text(answer.iou) if hasattr(answer, "iou") else ""
    channel = " and colour channel" if dataset.colours > 1 else ""
    remark = MEANING if overlap else f"Mean absolute error a pixel{channel}."
    told = _sentence(request, opened)
    return Panel(told, formula, pictures, l1_text(answer.l1), overlap, remark)


def _before(request: Request, answer: Any, opened: Opened) -> tuple[Figure, Figure]:
    """The unit, and the model's picture without do()."""
    dataset = opened.checkpoint.dataset
    unit = _described(dict(request.unit), (*dataset.variables, *dataset.hidden))
    own = ("Reconstruction", "the model's picture of the same")
    if "reconstruct" not in opened.may:  # what it shows is a population, and no picture of the unit
        own = ("Without do()", "all that look like it, treated as the model expects")
    return (
        Figure(
            "Original",
            "the renderer's picture of the unit",
            f"Original: {unit}",
            shown(answer.original),
            "original",
        ),
        Figure(
            *own,
            f"{own[0]}: {own[1]}",
            shown(answer.reconstruction),
            "reconstruction",
        ),
    )


def _after(formula: str, request: Request, answer: Any, opened: Opened) -> tuple[Figure, Figure]:
    """The model's answer, and the truth beside it."""
    count = draws_text(request.samples)
    drawn = f"averaged over {count}" if opened.draws else "without any draw"
    factors = isinstance(opened, Explorer)  # drawn under the story's own coupling
    truth = truth_under(opened.story.coupling) if isinstance(opened, Explorer) else AFTER[1]
    return (
        Figure(
            AFTER[0] if rung(opened) == "counterfactual" else "Interventional density",
            f"the model's answer, {drawn}",
            f"The model's answer under {formula}",
            shown(answer.density),
            "density",
        ),
        Figure(
            truth,
            "rendered for the same unit",
            f"{truth} and {formula}" if factors else f"Truth under {formula}",
            shown(answer.truth),
            "truth",
        ),
    )


def shown(picture: np.ndarray) -> np.ndarray:
    """A picture of any data set as figures take it: (H, W) floats, or (H, W, 3) uint8 colours."""
    if picture.ndim == 2:
        return picture
    if picture.shape[2] == 1:
        return picture[..., 0]
    return np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)


def request_lines(request: Request, rung: str) -> str:
    """Lines of Python that ask the same in a notebook."""
    return "\n".join(
        [
            "import causal_explorer as ce",
            "",
            f"opened = ce.load({json.dumps(request.checkpoint, ensure_ascii=False)})",
            f"answer = opened.{rung}(",
            f"    factors={dict(request.unit)!r},",
            f"    do={dict(request.do)!r},",
            f"    samples={request.samples},",
            f"    seed={request.seed},",
            ")",
            "print(answer.l1)",
            "",
        ]
    )


def _sentence(request: Request, opened: Opened) -> str:
    """The question as one would ask it, of this unit or of all that look like it."""
    noun, do = opened.checkpoint.dataset.noun, dict(request.do)
    single = rung(opened) == "counterfactual"
    subject = "it" if single else "each"
    targets = [variable for variable in opened.targets if variable.name in do]
    supposed = listed(v.supposition(do[v.name], subject) for v in targets)
    if single:
        return f"This is a {noun}. What would it have looked like, had {supposed}?"
    return f"What would be seen on average of all that look like this {noun}, had {supposed}?"


def _described(values: Mapping[str, float], variables: Iterable[AnyVariable]) -> str:
    """Values in words: "angle 20°, light 95°"."""
    own = [v for v in variables if v.name in values]
    return ", ".join(f"{v.title} {v.label(values[v.name])}" for v in own)
