"""Stories about dSprites' factors: a graph with its mechanisms.

The image mechanism p(x | v, z) is the same under every story (independent mechanisms,
Peters, Janzing and Schölkopf 2017, section 2.1): a story is swapped without retraining.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from causal_explorer.scm.mechanisms import Mechanism, circular_row, mechanism, normal_row
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief


def default(variables: tuple[Variable, ...]) -> SCM:
    """Shape → orientation, shape → scale, orientation → posX, scale → posY."""
    by_name = {variable.name: variable for variable in variables}
    angles = np.array(by_name["orientation"].values)
    columns, rows = by_name["posX"].classes, by_name["posY"].classes
    scales = by_name["scale"].classes
    return SCM(
        name="default",
        summary="Hearts grow large and stand upright, ellipses are middling and lean left, "
        "squares stay small and on a corner; a sprite drifts to the side it leans to, "
        "and big sprites sink.",
        variables=variables,
        mechanisms={
            "shape": mechanism((), [1 / 3, 1 / 3, 1 / 3]),
            # square, ellipse, heart
            "scale": mechanism(("shape",), [normal_row(scales, m, 1.0) for m in (1, 2.5, 4)]),
            "orientation": mechanism(
                ("shape",),
                [
                    circular_row(angles, np.pi / 4, 4.0),
                    circular_row(angles, np.pi / 2, 2.0),
                    circular_row(angles, 0.0, 4.0),
                ],
            ),
            # orientation grows counter-clockwise: at a quarter turn a sprite leans left
            "posX": mechanism(
                ("orientation",),
                [normal_row(columns, 15.5 - 11.0 * np.sin(angle), 3.0) for angle in angles],
            ),
            "posY": mechanism(
                ("scale",),
                [normal_row(rows, 5.0 + 21.0 * k / (scales - 1), 3.0) for k in range(scales)],
            ),
        },
    )


def independent(variables: tuple[Variable, ...]) -> SCM:
    """No edges, every class equally likely: what the original class project really used."""
    return SCM(
        name="independent",
        summary="Nothing causes anything: every factor is drawn by itself, all classes alike.",
        variables=variables,
        mechanisms={v.name: _uniform(v) for v in variables},
    )


STORIES: dict[str, Callable[[tuple[Variable, ...]], SCM]] = {
    "default": default,
    "independent": independent,
}


def story_named(name: str, variables: tuple[Variable, ...]) -> SCM:
    """The story of that name.

    Raises:
        ValueError: no such story.
    """
    if not isinstance(name, str) or name not in STORIES:
        raise ValueError(f"story={brief(name)} is unknown: it takes {' or '.join(STORIES)}.")
    return STORIES[name](variables)


def _uniform(variable: Variable) -> Mechanism:
    return mechanism((), np.full(variable.classes, 1 / variable.classes))
