"""dSprites, drawn to the pixel without a download.

Source: Matthey, Higgins, Hassabis, Lerchner, "dSprites: Disentanglement testing Sprites
dataset", 2017, Apache-2.0. The geometry was measured on the published images.
"""

from __future__ import annotations

import numpy as np

from causal_explorer.data import raster
from causal_explorer.scm.variables import Variable

SHAPES = ("square", "ellipse", "heart")
FACTORS = (
    Variable(
        "shape",
        (0.0, 1.0, 2.0),
        kind="nominal",
        labels=SHAPES,
        about="Square, ellipse or heart.",
        supposed=("been a square", "been an ellipse", "been a heart"),
    ),
    Variable(
        "scale",
        tuple(np.linspace(0.5, 1.0, 6)),
        about="0 is the smallest of six sizes, 5 the largest.",
    ),
    Variable(
        "orientation",
        tuple(np.linspace(0.0, 2 * np.pi, 40)),
        "rad",
        "circular",
        about="39 steps of one full turn, counter-clockwise; 0 and 39 look the same.",
        closed=True,
    ),
    Variable(
        "posX",
        tuple(np.linspace(0.0, 1.0, 32)),
        about="0 is the leftmost of 32 places, 31 the rightmost.",
    ),
    Variable(
        "posY",
        tuple(np.linspace(0.0, 1.0, 32)),
        about="0 is the topmost of 32 places, 31 the lowest.",
    ),
)
DIMENSIONS = tuple(factor.classes for factor in FACTORS)  # (3, 6, 40, 32, 32)
COUNT = int(np.prod(DIMENSIONS))  # 737,280 pictures

_FULL_SCALE = 9.6  # pixels of one unit of an outline at scale 1
_CHUNK = 4096  # pictures drawn at a time: bounds the memory of one call


def _square() -> np.ndarray:
    return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def _ellipse() -> np.ndarray:
    t = 2 * np.pi * np.arange(100) / 100
    return np.stack([1.33 * np.cos(t), np.sin(t) / 1.33], axis=1)


def _heart() -> np.ndarray:
    t = 2 * np.pi * np.arange(150) / 150
    wave = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.stack([np.sin(t) ** 3, -(0.15 + wave / 14.5)], axis=1)


_OUTLINES = (_square(), _ellipse(), _heart())  # (V, 2), x right, y down


def index(classes: np.ndarray) -> np.ndarray:
    """(N, 5) classes to (N,) rows of the published file (C order)."""
    return np.asarray(np.ravel_multi_index(tuple(check(classes).T), DIMENSIONS))


def classes_of(rows: np.ndarray) -> np.ndarray:
    """(N,) rows of the published file to (N, 5) classes; the inverse of `index`."""
    return np.stack(np.unravel_index(rows, DIMENSIONS), axis=1)


def check(classes: np.ndarray) -> np.ndarray:
    """Checks a table of classes.

    Returns:
        (N, 5) int64.

    Raises:
        ValueError: not (N, 5) whole numbers, each within its factor's classes.
    """
    try:
        table = np.asarray(classes)
    except ValueError as error:
        raise ValueError("classes is ragged: it takes (N, 5) whole numbers.") from error
    if table.ndim != 2 or table.shape[1] != len(FACTORS):
        raise ValueError(
            f"classes has shape {table.shape}: it takes (N, 5), one column for each of "
            f"{', '.join(factor.name for factor in FACTORS)}."
        )
    if table.dtype.kind not in "iu":
        raise ValueError(f"classes has type {table.dtype}: it takes whole numbers.")
    for factor, column in zip(FACTORS, table.T, strict=True):
        if len(column) and (column.min() < 0 or column.max() >= factor.classes):
            raise ValueError(
                f"{factor.name} runs from {column.min()} to {column.max()} in classes: "
                f"it takes 0 to {factor.classes - 1}."
            )
    return table.astype(np.int64)


def render_packed(classes: np.ndarray, smaller: np.ndarray | float = 0.0) -> np.ndarray:
    """Draws pictures at 1 bit a pixel.

    Args:
        classes: (N, 5) ints: shape, scale, orientation, posX, posY.
        smaller: (N,) or one: pixels that a unit of the outline is smaller by.

    Returns:
        (N, 512) uint8, `numpy.packbits` of each picture in row-major order.

    Raises:
        ValueError: as `check`.
    """
    table = check(classes)
    packed = np.empty((len(table), raster.SIZE**2 // 8), dtype=np.uint8)
    less = np.broadcast_to(smaller, len(table))
    for shape, outline in enumerate(_OUTLINES):
        members = np.flatnonzero(table[:, 0] == shape)
        for start in range(0, len(members), _CHUNK):
            chunk = members[start : start + _CHUNK]
            x, y = _place(outline, table[chunk], less[chunk])
            rows = raster.fill_polygons(raster.snap(x), raster.snap(y))
            packed[chunk] = raster.pack(rows)
    return packed


def render(classes: np.ndarray) -> np.ndarray:
    """Draws pictures, equal to the published ones.

    Args:
        classes: (N, 5) ints: shape, scale, orientation, posX, posY.

    Returns:
        (N, 64, 64) uint8 of 0 and 1, row 0 at the top.

    Raises:
        ValueError: as `check`.
    """
    return raster.unpack(render_packed(classes))


def _place(
    outline: np.ndarray, classes: np.ndarray, smaller: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A (V, 2) unit outline scaled, turned and moved: x and y, each (N, V), pixels."""
    _, scale, orientation, pos_x, pos_y = classes.T[:, :, None]
    size = _FULL_SCALE * (0.5 + 0.1 * scale) - smaller[:, None]
    angle = 2 * np.pi * orientation / 39  # classes 0 and 39 are the same picture
    right, down = size * outline[:, 0], size * outline[:, 1]
    cos, sin = np.cos(angle), np.sin(angle)
    x = 16 + 32 * pos_x / 31 + right * cos + down * sin
    y = 16 + 32 * pos_y / 31 - right * sin + down * cos
    return x, y
