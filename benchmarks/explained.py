"""What a build makes of pictures: asked in a process of its own, so that two can be compared.

It calls nothing that a build of the last years lacks, and runs as a file, whatever else the tree
holds that it is imported from.
"""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


@dataclass
class Explained:
    """The answer to one picture.

    Attributes:
        classes: (E, V) explanations; none where it was refused.
        probabilities: (E,) of each.
        covered: as the answer says.
        milliseconds: of a counterfactual from the picture alone.
        exact: (E,) what brute force makes of the same explanations.
    """

    classes: np.ndarray
    probabilities: np.ndarray
    covered: float
    milliseconds: float
    exact: np.ndarray = field(default_factory=lambda: np.zeros(0))


def main(source: Path, target: Path, checkpoint: str, story: str) -> None:
    """Answers the pictures of one file into another."""
    import causal_explorer as ce

    explorer = ce.load(checkpoint, story)
    pictures = np.load(source)
    explorer.counterfactual(image=pictures[0] * 0 + _sprite(), do={"shape": 0})  # what opens once
    answers = {}
    for i, x in enumerate(pictures):
        clock = time.perf_counter()
        with contextlib.suppress(ValueError):  # it says that the picture shows no sprite
            explorer.counterfactual(image=x, do={"shape": 0})
        milliseconds = 1e3 * (time.perf_counter() - clock)
        try:
            posterior = explorer.explain(x)
            found = posterior.classes, posterior.probabilities, posterior.covered
        except ValueError:
            found = np.zeros((0, 5), dtype=np.int64), np.zeros(0), 0.0
        for name, value in zip(("classes", "probabilities", "covered"), found, strict=True):
            answers[f"{i} {name}"] = value
        answers[f"{i} milliseconds"] = milliseconds
    np.savez(target, **answers)


def _sprite() -> np.ndarray:
    from causal_explorer.data import dsprites

    return dsprites.render(np.array([[2, 3, 10, 16, 16]]))[0]


def read(target: Path) -> list[Explained]:
    """What `main` wrote."""
    with np.load(target) as file:
        keys = ("classes", "probabilities", "covered", "milliseconds")
        return [
            Explained(*(file[f"{i} {key}"] for key in keys)) for i in range(len(file.files) // 4)
        ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
