"""What a user asks, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from causal_explorer.data.dataset import Dataset
from causal_explorer.inference.agreement import iou
from causal_explorer.inference.arguments import (
    parse_classes,
    parse_count,
    require_all,
    require_some,
)
from causal_explorer.inference.pictures import parse_image
from causal_explorer.inference.posterior import Posterior
from causal_explorer.scm.actions import Action, Replace, Set, Shift
from causal_explorer.scm.mechanisms import Mechanism
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief, listed

_CONTRADICTION = 0.5  # IoU of image and the factors' picture under which they contradict
_ARGUMENTS = ("factors", "image", "do")


@dataclass(frozen=True)
class Question:
    """A counterfactual question, checked.

    Attributes:
        x: (64, 64) float32 of 0 and 1, the image; None where only factors are known.
        given: classes of the factors that are known.
        do: targets and their actions.
        hidden: classes of what no label names, in the data set's order; None where nobody told
            what an image shows of it, or where only some of the factors are known.
        overlap: intersection over union of the image with its factors' picture, if all known.
    """

    x: np.ndarray | None
    given: dict[str, int]
    do: dict[str, Action]
    hidden: tuple[int, ...] | None = ()
    overlap: float = float("nan")


def parse_questions(
    questions: Iterable[Mapping[str, object]], dataset: Dataset, story: SCM
) -> list[Question]:
    """Checks questions, and draws the images of those that give all factors but no image.

    Args:
        questions: each with some of `factors`, `image` and `do`.
        dataset: that they are about.
        story: that soft interventions replace mechanisms of.

    Raises:
        ValueError: an unknown argument, bad factors, neither factors nor an image, no target,
            or an image that shows something else than its factors say.
    """
    wrong = f"questions is of type {type(questions).__name__}: it takes a list of dicts."
    if isinstance(questions, (str, Mapping)):
        raise ValueError(wrong)
    try:
        listed = list(questions)
    except TypeError as error:
        raise ValueError(wrong) from error
    asked = [_parse(question, dataset, story) for question in listed]
    names = [variable.name for variable in dataset.variables]
    whole = [
        i
        for i, question in enumerate(asked)
        if len(question.given) == len(names) and question.hidden is not None
    ]
    if not whole:
        return asked
    table = np.array(
        [[*(asked[i].given[name] for name in names), *(asked[i].hidden or ())] for i in whole]
    )
    drawn = dataset.render(table).astype(np.float32)
    for i, picture in zip(whole, drawn, strict=True):
        seen = asked[i].x
        if seen is None:
            asked[i] = replace(asked[i], x=picture, overlap=1.0)
        else:
            asked[i] = replace(asked[i], overlap=require_agreement(iou(seen, picture)))
    return asked


def _parse(question: Mapping[str, object], dataset: Dataset, story: SCM) -> Question:
    """A question whose image is not drawn yet."""
    if not isinstance(question, Mapping) or set(question) - set(_ARGUMENTS):
        raise ValueError(
            f"questions holds {brief(question)}: it takes dicts with {', '.join(_ARGUMENTS)}."
        )
    given, hidden = parse_evidence(question.get("factors"), dataset, story)
    do = parse_do(question.get("do"), story)
    image = question.get("image")
    if image is None and not given:
        raise ValueError("There is no evidence: give an image, factors with their class, or both.")
    if image is None and len(given) == len(story.variables):
        hidden = {variable.name: 0 for variable in dataset.hidden} | hidden
    elif image is None and hidden:
        raise ValueError(
            f"factors names {next(iter(hidden))}: without an image it is taken where all of "
            f"{', '.join(variable.name for variable in story.variables)} are known."
        )
    elif hidden and len(hidden) < len(dataset.hidden):
        require_all(hidden, dataset.hidden, "of what no label names it takes all, or none")
    told = tuple(hidden[v.name] for v in dataset.hidden) if hidden or not dataset.hidden else None
    return Question(None if image is None else parse_image(image), given, do, told)


def parse_evidence(
    factors: object, dataset: Dataset, story: SCM
) -> tuple[dict[str, int], dict[str, int]]:
    """Classes of factors, and of what no label names, each by name.

    Raises:
        ValueError: as `parse_classes`.
    """
    both = parse_classes(factors, (*story.variables, *dataset.hidden), "factors")
    names = [variable.name for variable in dataset.hidden]
    given = {name: value for name, value in both.items() if name not in names}
    return given, {name: value for name, value in both.items() if name in names}


def parse_do(values: object, story: SCM) -> dict[str, Action]:
    """Actions by factor: a class to set it to, by number or label, or an action.

    Raises:
        ValueError: not a mapping, nothing in it, an unknown factor, a class out of range, or an
            action that the story cannot take.
    """
    actions = {}
    if isinstance(values, Mapping) and all(isinstance(name, str) for name in values):
        soft = {n: a for n, a in values.items() if isinstance(a, (Set, Shift, Replace))}
        values = {n: a for n, a in values.items() if n not in soft}
        by_name = {variable.name: variable for variable in story.variables}
        for name, action in soft.items():
            if name not in by_name:
                raise ValueError(
                    f"do names the unknown factor {brief(name)}: it takes {', '.join(by_name)}."
                )
            actions[name] = _parse_action(by_name[name], action, story)
    classes = parse_classes(values, story.variables, "do")
    do = actions | {name: Set(value) for name, value in classes.items()}
    require_some(do, "do")
    return do


def _parse_action(variable: Variable, action: Action, story: SCM) -> Action:
    """An action on one variable, checked."""
    if isinstance(action, Set):
        return Set(variable.parse(action.value))
    if isinstance(action, Shift):
        if variable.kind == "nominal" and action.by:
            raise ValueError(f"do shifts {variable.name}, whose classes have no order: set it.")
        most = variable.classes - 1
        return Shift(parse_count(action.by, f"the shift of {variable.name}", -most, most))
    if not isinstance(action.mechanism, Mechanism):
        raise ValueError(
            f"do replaces the mechanism of {variable.name} by {brief(action.mechanism)}: it takes "
            "one that causal_explorer.mechanism made."
        )
    own = story.mechanisms[variable.name].parents
    foreign = [cause for cause in action.mechanism.parents if cause not in own]
    if foreign:
        raise ValueError(
            f"do replaces the mechanism of {variable.name} by one that reads {foreign[0]}: it "
            f"may read {listed(own, 'nothing', ' and ')}, which cause {variable.name} in the story."
        )
    replace(story, mechanisms={**story.mechanisms, variable.name: action.mechanism})  # its shape
    return action


def require_told(question: Question, dataset: Dataset) -> None:
    """Refuses an image of which nobody told what no label names, where each draw has its truth.

    Raises:
        ValueError: what is to be told.
    """
    if question.x is not None and question.hidden is None:
        names = ", ".join(variable.name for variable in dataset.hidden)
        raise ValueError(f"factors lacks {names}: the truth of each step takes all of them.")


def require_explained(posterior: Posterior, given: Mapping[str, int]) -> Posterior:
    """The explanations of an image, if it shows a sprite at all.

    Raises:
        ValueError: how probable it is that it shows none, and how badly the best explanation fits.
    """
    labels = " with these factors" if given else ""
    fits = (
        f"the best overlaps by {posterior.overlap:.2f} (intersection over union), and it is "
        f"{posterior.nats:,.0f} nats away."
    )
    if posterior.none > 0.5:
        raise ValueError(
            f"No sprite{labels} explains the image: that it shows none of these is "
            f"{_percent(posterior.none)} probable; {fits}"
        )
    if not posterior.bounded and posterior.overlap < _CONTRADICTION:
        raise ValueError(f"No sprite{labels}, as this model paints it, explains the image: {fits}")
    return posterior


def _percent(probability: float) -> str:
    return "over 99.9 %" if probability > 0.999 else f"{100 * probability:.1f} %"


def require_agreement(overlap: float) -> float:
    """The overlap of an image and its factors' picture.

    Raises:
        ValueError: they contradict each other.
    """
    if not overlap >= _CONTRADICTION:
        raise ValueError(
            f"image and factors contradict each other: the image overlaps with the factors' "
            f"picture by {overlap:.2f} (intersection over union), below {_CONTRADICTION}."
        )
    return overlap
