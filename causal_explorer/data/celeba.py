"""CelebA from its official files, where the user has them; nothing is downloaded.

    folder/img_align_celeba/000001.jpg …     218 × 178, aligned and cropped
    folder/list_attr_celeba.txt              how many, the attributes' names, then -1 and 1
    folder/list_eval_partition.txt           0 train, 1 validation, 2 test; may be missing

Nobody knows the truth behind a photograph: there is no story, no renderer, and an answer's truth
is NaN. Source: Liu et al. 2015 (arXiv:1411.7766).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from causal_explorer.data.faces import GLASSES
from causal_explorer.data.pictures import DrawnPictures
from causal_explorer.scm.variables import Variable
from causal_explorer.text import lines_of
from causal_explorer.wording import brief

SIZE = 64  # pixels of a side
VARIABLE = "CAUSAL_EXPLORER_CELEBA"  # of the environment: the folder, where no setting names it
ATTRIBUTES = (
    "Eyeglasses",
    "Male",
    "Young",
    "Smiling",
    "Black_Hair",
    "Blond_Hair",
    "Brown_Hair",
    "Gray_Hair",
    "Mouth_Slightly_Open",
    "Narrow_Eyes",
)
VARIABLES = tuple(
    Variable(
        name,
        (0.0, 1.0),
        kind="nominal",
        labels=("no", "yes"),
        about="As CelebA's own labels have it.",
        supposed=GLASSES if name == "Eyeglasses" else (),
    )
    for name in ATTRIBUTES
)
_WIDE, _HIGH = 178, 218  # pixels of an official picture
_SQUARE = (0, 20, _WIDE, 20 + _WIDE)  # the face, as others crop it
_LOTS = {0: 0.5, 1: 0.15, 2: 0.05}  # where a part of the official split lies among lots


@dataclass(frozen=True)
class CelebA:
    """The files of one folder.

    Attributes:
        folder: that holds them; if empty, what the environment's CAUSAL_EXPLORER_CELEBA says.
        count: pictures to read, spread evenly over all 202,599: the official test split comes last.
    """

    folder: str = ""
    count: int = 20_000

    def open(self, device: torch.device) -> DrawnPictures:
        """Attributes and pictures, cropped to the face and made 64 × 64.

        Raises:
            ValueError: in one sentence, which file is missing or not as the official one.
        """
        root = self._root()
        names, v = self._attributes(root / "list_attr_celeba.txt")
        pictures = np.stack([_face(root / "img_align_celeba" / name) for name in names])
        split = self._partition(root / "list_eval_partition.txt", names)
        return DrawnPictures(v, pictures, device, split=split)

    def _root(self) -> Path:
        told = self.folder or os.environ.get(VARIABLE, "")
        if not told:
            raise ValueError(
                f"celeba takes the folder of the official files, as its setting or as {VARIABLE}."
            )
        if not Path(told).is_dir():
            raise ValueError(f"celeba: there is no folder {brief(told)}.")
        if not isinstance(self.count, int) or self.count < 10:
            raise ValueError(f"count is {brief(self.count)}: it takes a whole number from 10.")
        return Path(told)

    def _attributes(self, path: Path) -> tuple[list[str], np.ndarray]:
        """File names, and (N, V) int64 classes."""
        lines = _lines(path)
        head = lines[1].split() if len(lines) > 1 else []
        missing = [name for name in ATTRIBUTES if name not in head]
        if missing:
            raise ValueError(f"{path.name} names no {', '.join(missing)} in its second line.")
        places = [1 + head.index(name) for name in ATTRIBUTES]
        names, rows = [], []
        for number, line in enumerate(lines[2:], 3):
            cells = line.split()
            if len(cells) != 1 + len(head) or not set(cells[1:]) <= {"-1", "1"}:
                raise ValueError(f"Line {number} of {path.name} is no file name with -1 and 1.")
            names.append(cells[0])
            rows.append([int(cells[place] == "1") for place in places])
        if not rows:
            raise ValueError(f"{path.name} holds no pictures.")
        spread = np.linspace(0, len(names) - 1, min(self.count, len(names))).astype(int)
        return [names[i] for i in spread], np.array(rows, np.int64)[spread]

    def _partition(self, path: Path, names: list[str]) -> np.ndarray | None:
        """(N,) lots that stand for the official split; None without its file."""
        if not path.is_file():
            return None
        cells = [line.split() for line in _lines(path)]
        told = {pair[0]: pair[1] for pair in cells if len(pair) == 2}
        strange = [name for name in names if told.get(name) not in ("0", "1", "2")]
        if strange:
            raise ValueError(f"{path.name} does not say in which part {strange[0]} is.")
        return np.array([_LOTS[int(told[name])] for name in names])


def render(units: np.ndarray) -> np.ndarray:
    """There is no renderer.

    Raises:
        ValueError: always.
    """
    raise ValueError("celeba has no renderer: give an image.")


def _lines(path: Path) -> list[str]:
    try:
        return lines_of(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} of celeba cannot be read in {path.parent}.") from error


def _face(path: Path) -> np.ndarray:
    """(64, 64, 3) uint8."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
    except OSError as error:
        raise ValueError(f"The picture {path.name} of celeba cannot be read.") from error
    if picture.size != (_WIDE, _HIGH):
        wide, high = picture.size
        raise ValueError(f"{path.name} is {wide} × {high}: celeba's are {_WIDE} × {_HIGH} pixels.")
    return np.asarray(picture.crop(_SQUARE).resize((SIZE, SIZE), Image.Resampling.BOX))
