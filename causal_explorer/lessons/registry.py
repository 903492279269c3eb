"""The lessons, in the order in which a class would take them."""

from __future__ import annotations

from causal_explorer.lessons import (
    abduction,
    composition,
    couplings,
    doing,
    evidence,
    original,
    seeing,
    swap,
)
from causal_explorer.lessons.lesson import Lesson
from causal_explorer.wording import brief

LESSONS = (
    seeing.LESSON,
    doing.LESSON,
    abduction.LESSON,
    composition.LESSON,
    evidence.LESSON,
    couplings.LESSON,
    swap.LESSON,
    original.LESSON,
)
_BY_ID = {lesson.id: lesson for lesson in LESSONS}


def lesson_named(name: str) -> Lesson:
    """The lesson of that id.

    Raises:
        ValueError: no such lesson.
    """
    if not isinstance(name, str) or name not in _BY_ID:
        raise ValueError(f"lesson={brief(name)} is unknown: it takes one of {', '.join(_BY_ID)}.")
    return _BY_ID[name]
