"""CelebA from its official files, where the user has them; nothing is downloaded.

    folder/img_align_celeba/000001.jpg …     218 × 178, aligned and cropped
    folder/list_attr_celeba.txt              how many, the attributes' names, then -1 and 1
    folder/list_eval_partition.txt           0 train, 1 validation, 2 test; may be missing

The same lists as Kaggle has them are read too: .csv, with a row of names, its cells quoted or not
and separated by commas, semicolons or tabs, and the pictures' folder within another of its name. So
are the official PNG twins of the pictures, in img_align_celeba_png.

Nobody knows the truth behind a photograph: there is no story, no renderer, and an answer's truth
is NaN. Source: Liu et al. 2015 (arXiv:1411.7766).
"""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from causal_explorer.data.faces import GLASSES
from causal_explorer.data.pictures import DrawnPictures
from causal_explorer.scm.variables import Variable
from causal_explorer.text import lines_of
from causal_explorer.wording import brief, first_line, reason

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
_LAYOUTS = (  # folder of the pictures, and their ending where it is not the list's
    ("img_align_celeba", ""),
    ("img_align_celeba/img_align_celeba", ""),  # as Kaggle's archive unpacks
    ("img_align_celeba_png", ".png"),
    ("img_align_celeba", ".png"),
)
_NAME = re.compile(r"[^/\\:]*[^/\\:.][^/\\:]*")  # of a file, no path
_SEPARATORS = (",", ";", "\t")  # of a .csv, as spreadsheets of any country write it
_Row = tuple[int, list[str]]  # the number of a line and its cells
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
        names, v = self._attributes(_list_of(root, "list_attr_celeba"))
        spread = np.linspace(0, len(names) - 1, min(self.count, len(names))).astype(int)
        split = self._partition(root, names)
        places = _places(root, names)
        pictures = np.stack([_face(places(names[i])) for i in spread])
        lots = None if split is None else split[spread]
        return DrawnPictures(v[spread], pictures, device, split=lots)

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
        """All file names, and (N, V) int64 classes."""
        declared, (line, head), rows = _table(path)
        missing = [name for name in ATTRIBUTES if name not in head]
        if missing:
            raise ValueError(
                f"{path.name} names no {', '.join(missing)} in line {line}: it takes the "
                f"attributes' names there, {_separated(path)}."
            )
        columns = [1 + head.index(name) for name in ATTRIBUTES]
        names, classes = [], []
        for number, cells in rows:
            _require_row(path, number, cells, head)
            names.append(cells[0])
            classes.append([int(cells[column] == "1") for column in columns])
        if not names:
            raise ValueError(f"{path.name} holds no pictures.")
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ValueError(f"{path.name} lists {twice[0]} more than once.")
        if declared is not None and declared != str(len(names)):
            raise ValueError(
                f"{path.name} says {brief(declared)} pictures in its first line and lists "
                f"{len(names):,}: it is cut, or was put together."
            )
        return names, np.array(classes, np.int64)

    def _partition(self, root: Path, names: list[str]) -> np.ndarray | None:
        """(N,) lots that stand for the official split; None without its file."""
        path = _list_of(root, "list_eval_partition")
        if not path.is_file():
            return None
        told: dict[str, str] = {}
        for number, cells in _rows(path):
            if not told and cells[0] == "image_id":  # Kaggle's row of names
                continue
            if len(cells) != 2 or cells[1] not in ("0", "1", "2") or cells[0] in told:
                why = (
                    "once more"
                    if cells[0] in told
                    else f"a file name and 0, 1 or 2, {_separated(path)}"
                )
                raise ValueError(
                    f"Line {number} of {path.name} is {brief(' '.join(cells))}: it takes {why}."
                )
            told[cells[0]] = cells[1]
        strange = [name for name in names if name not in told]
        if strange:
            raise ValueError(f"{path.name} does not say in which part {strange[0]} is.")
        if len(told) != len(names):
            raise ValueError(
                f"{path.name} lists {len(told):,} pictures, and the list of attributes "
                f"{len(names):,}: one of them is cut."
            )
        return np.array([_LOTS[int(told[name])] for name in names])


def render(units: np.ndarray) -> np.ndarray:
    """There is no renderer.

    Raises:
        ValueError: always.
    """
    raise ValueError("celeba has no renderer: give an image.")


def _list_of(root: Path, name: str) -> Path:
    """The official list of that name, or else Kaggle's where there is one."""
    kaggle = root / f"{name}.csv"
    return (
        kaggle
        if kaggle.is_file() and not (root / f"{name}.txt").is_file()
        else root / f"{name}.txt"
    )


def _table(path: Path) -> tuple[str | None, _Row, list[_Row]]:
    """How many rows it declares, the attributes' names, and the rows."""
    rows = _rows(path)
    if path.suffix == ".csv":
        line, head = rows[0]
        return None, (line, head[1:]), rows[1:]
    declared = " ".join(rows[0][1])
    if not declared.isdigit():
        raise ValueError(
            f"Line {rows[0][0]} of {path.name} is {brief(declared)}: it takes how many pictures "
            "are listed."
        )
    return declared, rows[1] if rows[1:] else (2, []), rows[2:]


def _require_row(path: Path, number: int, cells: list[str], head: list[str]) -> None:
    """A file of the folder, and what it is by each of the names.

    Raises:
        ValueError: which line is another, in what, and what it takes.
    """
    strange = [(n, c) for n, c in zip(head, cells[1:], strict=False) if c not in ("-1", "1")]
    if len(cells) != 1 + len(head) or strange:
        cell = f"says {brief(strange[0][1])} of {brief(strange[0][0])}" if strange else ""
        count = f"has {len(cells):,} cells"
        raise ValueError(
            f"Line {number} of {path.name} {cell if len(cells) == 1 + len(head) else count}: it "
            f"takes a file name and -1 or 1 for each of {len(head):,} names, {_separated(path)}."
        )
    if not _NAME.fullmatch(cells[0]):
        raise ValueError(f"Line {number} of {path.name} names no file of a folder.")


def _rows(path: Path) -> list[_Row]:
    """The lines of a list in cells, by their numbers; blank ones are left out.

    Raises:
        ValueError: it cannot be read, or says nothing.
    """
    try:
        lines = lines_of(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path.name} of celeba cannot be read in {path.parent}: {reason(error)}."
        ) from error
    if path.suffix == ".csv":
        found = list(_csv_rows(path, lines))
    else:
        found = [(n, line.replace(",", " ").split()) for n, line in enumerate(lines, 1)]
    rows = [(number, cells) for number, cells in found if any(cells)]
    if not rows:
        raise ValueError(f"{path} is empty: it takes CelebA's list of that name.")
    return rows


def _csv_rows(path: Path, lines: list[str]) -> Iterator[_Row]:
    """Rows of cells, which may be quoted, separated as the first line is."""
    separator = max(_SEPARATORS, key=lines[0].count)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    number = 1
    try:
        for cells in reader:
            yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"Line {number} of {path.name} is no row of cells: {first_line(error)}."
        ) from error


def _separated(path: Path) -> str:
    """How the cells of a list are told apart."""
    return f"separated by {'commas, semicolons or tabs' if path.suffix == '.csv' else 'spaces'}"


def _places(root: Path, names: list[str]) -> Callable[[str], Path]:
    """Where a picture lies: in the first of the known layouts that has the list's first one."""
    for folder, suffix in _LAYOUTS:
        if (root / folder / names[0]).with_suffix(suffix or Path(names[0]).suffix).is_file():
            return lambda name: (root / folder / name).with_suffix(suffix or Path(name).suffix)
    return lambda name: root / _LAYOUTS[0][0] / name


def _face(path: Path) -> np.ndarray:
    """(64, 64, 3) uint8."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
    except (OSError, Image.DecompressionBombError, SyntaxError) as error:
        why = "is missing" if not path.exists() else "is no picture"
        raise ValueError(
            f"The picture {path.name} of celeba cannot be read: {path} {why}."
        ) from error
    if picture.size != (_WIDE, _HIGH):
        wide, high = picture.size
        raise ValueError(f"{path} is {wide} × {high}: celeba's are {_WIDE} × {_HIGH} pixels.")
    return np.asarray(picture.crop(_SQUARE).resize((SIZE, SIZE), Image.Resampling.BOX))
