"""Draws faces: each part laid over the ones before by its coverage of a pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Number = float | np.ndarray
SIZE = 64  # pixels of a side
_CHUNK = 512  # faces drawn at a time: bounds the memory of one call
_GROUND = (0.82, 0.87, 0.90)
_CLOTH = (0.35, 0.42, 0.55)
_SKIN = np.array([(0.98, 0.85, 0.74), (0.55, 0.36, 0.25)])  # lightest and darkest
_HAIR = np.array([(0.10, 0.09, 0.09), (0.88, 0.72, 0.36), (0.42, 0.26, 0.15), (0.68, 0.68, 0.70)])
_IRIS = np.array([(0.35, 0.20, 0.10), (0.20, 0.42, 0.75), (0.20, 0.52, 0.30)])
_DARK, _WHITE, _LIP = (0.16, 0.10, 0.10), (0.97, 0.97, 0.97), (0.70, 0.28, 0.28)
_COLUMNS = 10  # of a unit: eight attributes, width and tone


def render(units: np.ndarray) -> np.ndarray:
    """Draws faces.

    Args:
        units: (N, 10) Eyeglasses, Male, Young, Smiling, Hair_Color, Eye_Color,
            Mouth_Slightly_Open, Narrow_Eyes, face_width, skin_tone.

    Returns:
        (N, 64, 64, 3) uint8, row 0 at the top.

    Raises:
        ValueError: not (N, 10) finite numbers, or a colour that there is not.
    """
    table = np.asarray(units, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != _COLUMNS or not np.isfinite(table).all():
        raise ValueError(f"units has shape {table.shape}: it takes (N, {_COLUMNS}) finite numbers.")
    for column, colours in ((4, _HAIR), (5, _IRIS)):
        if len(table) and not 0 <= table[:, column].min() <= table[:, column].max() < len(colours):
            raise ValueError(f"Column {column} of units takes 0 to {len(colours) - 1}.")
    pictures = np.empty((len(table), SIZE, SIZE, 3), dtype=np.uint8)
    for start in range(0, len(table), _CHUNK):
        part = slice(start, start + _CHUNK)
        pictures[part] = np.rint(_painted(table[part].astype(np.float32)) * 255)
    return pictures


class _Canvas:
    """(N, 64, 64, 3) floats that parts are laid on, and the pixels' coordinates."""

    def __init__(self, count: int) -> None:
        place = np.arange(SIZE, dtype=np.float32) + 0.5 - SIZE / 2
        self.x, self.y = place[None, None], place[None, :, None]
        self.picture = np.broadcast_to(np.array(_GROUND, np.float32), (count, SIZE, SIZE, 3)).copy()

    def lay(self, distance: np.ndarray, colour: ArrayLike, where: Number = 1.0) -> None:
        """Covers what lies inside of a part.

        Args:
            distance: (N, 64, 64) pixels from its edge, below 0 inside.
            colour: (3,), or (N, 3) of each face.
            where: (N, 1, 1) share to which each face has the part.
        """
        cover = np.clip(0.5 - distance, 0, 1) * where
        rows, columns = np.flatnonzero(cover.any((0, 2))), np.flatnonzero(cover.any((0, 1)))
        if len(rows):  # most parts are small: the rest of the canvas stays as it is
            box = (slice(None), slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
            colours = np.asarray(colour, np.float32).reshape(-1, 1, 1, 3)
            self.picture[box] += cover[box][..., None] * (colours - self.picture[box])

    def oval(self, x: float, y: float, width: Number, height: Number) -> np.ndarray:
        """(N, 64, 64) distance from an ellipse with these half axes, near its edge."""
        across, down = (self.x - x) / width, (self.y - y) / height
        return (np.hypot(across, down) - 1) * np.minimum(width, height)


def _painted(table: np.ndarray) -> np.ndarray:
    glasses, male, young, smiling, hair, iris, opened, narrow, wide, tone = (
        column[:, None, None] for column in table.T
    )
    colour = _HAIR[hair.astype(int).ravel()]
    skin = _SKIN[0] + tone.reshape(-1, 1) * (_SKIN[1] - _SKIN[0])
    canvas = _Canvas(len(table))
    head = wide * (15.0 + 1.2 * male)
    canvas.lay(canvas.oval(0, 6, head + 5, 23 + 0 * head), colour, 1 - male)  # long hair behind
    canvas.lay(canvas.oval(0, 36, 24.0 + 3 * male, 13 + 0 * head), _CLOTH)
    canvas.lay(np.maximum(np.abs(canvas.x) - 6, np.abs(canvas.y - 22) - 6), skin * 0.92)
    canvas.lay(canvas.oval(0, -2.5, head + 2, 20.5 + 0 * head), colour)
    canvas.lay(canvas.oval(0, 1, head, 19 + 0 * head), skin)
    fringe = np.maximum(canvas.oval(0, 0, head + 1, 20 + 0 * head), canvas.y + 9 + 2 * male)
    canvas.lay(fringe, colour)
    _eyes(canvas, iris, narrow, male, glasses, colour)
    canvas.lay(np.maximum(np.abs(canvas.x) - 1.0, np.abs(canvas.y - 5) - 2.5), skin * 0.85)
    _mouth(canvas, smiling, opened)
    for side in (-1, 1):  # cheeks of a smile, and lines of age
        canvas.lay(canvas.oval(side * 9, 7.5, 2.6, 2.0), skin * (1, 0.78, 0.78), 0.8 * smiling)
        lines = np.maximum(np.abs(canvas.x - side * 10.5) - 1.8, np.abs(canvas.y - 3) - 0.5)
        canvas.lay(lines, skin * 0.72, 1 - young)
    canvas.lay(np.maximum(np.abs(canvas.x) - 7, np.abs(canvas.y + 6) - 0.5), skin * 0.78, 1 - young)
    return canvas.picture


def _eyes(
    canvas: _Canvas,
    iris: np.ndarray,
    narrow: np.ndarray,
    male: np.ndarray,
    glasses: np.ndarray,
    hair: np.ndarray,
) -> None:
    """Whites, irises and brows on both sides, and glasses where they are worn."""
    height = 2.9 - 1.6 * narrow
    for side in (-6.5, 6.5):
        white = canvas.oval(side, -1, 3.6, height)
        canvas.lay(white, _WHITE)
        canvas.lay(
            np.maximum(canvas.oval(side, -1, 2.0, 2.0), white), _IRIS[iris.astype(int).ravel()]
        )
        canvas.lay(np.maximum(canvas.oval(side, -1, 0.9, 0.9), white), _DARK)
        brow = np.maximum(np.abs(canvas.x - side) - 4, np.abs(canvas.y + 6.2) - 0.6 - 0.6 * male)
        canvas.lay(brow, hair * 0.7)
        ring = np.abs(canvas.oval(side, -1, 5.2, 4.6)) - 0.6
        canvas.lay(ring, _DARK, glasses)
    bridge = np.maximum(np.abs(canvas.x) - 1.6, np.abs(canvas.y + 1.4) - 0.6)
    canvas.lay(bridge, _DARK, glasses)


def _mouth(canvas: _Canvas, smiling: np.ndarray, opened: np.ndarray) -> None:
    """A line that a smile bends and widens; open, it shows what is behind."""
    half = 5.0 + 1.8 * smiling
    arch = np.clip(1 - (canvas.x / half) ** 2, 0, 1)
    middle = 11.5 + (3.6 * arch - 1.2) * smiling
    inside = np.abs(canvas.x) - half
    gap = 2.6 * arch * opened
    lips = np.maximum(inside, np.maximum(middle - 0.9 - canvas.y, canvas.y - middle - 0.9 - gap))
    canvas.lay(lips, _LIP)
    hollow = np.maximum(inside + 1, np.maximum(middle - canvas.y, canvas.y - middle - gap + 0.3))
    canvas.lay(hollow, _DARK, opened)
