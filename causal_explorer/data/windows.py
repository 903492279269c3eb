"""How many pixels one picture differs by from every picture of dSprites, all in one scan.

A sprite lies in a window of at most 28 × 28 pixels, whose place follows from scale and position.
A window's rows, two a 64-bit word, are a sixth of the pictures' own bits: 63 MB instead of 377.
d(x, r) = |x| + |r| - 2 |x ∧ r|, and the last term is a count of bits inside the window.
"""

from __future__ import annotations

import logging
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from causal_explorer.data import dsprites, raster
from causal_explorer.data.store import cache_folder, replacing

VERSION = 1  # raise it when the renderer draws other pixels, or the layout changes
_FILE = "dsprites-windows.bits"
_HALF = 32  # bits of a row of a window
_AT_ONCE = 4  # orientations scanned at a time: what they need stays in the processor's cache
_CLASSES = tuple(factor.classes for factor in dsprites.FACTORS)
_SHAPES, _SCALES, _TURNS, _COLUMNS, _ROWS = _CLASSES

_log = logging.getLogger(__name__)


class Windows:
    """Every picture of dSprites as the bits of its window.

    Attributes:
        words: of each scale, (3, 40, Q, 32, 32) uint64: shape, orientation, pair of rows, posX,
            posY; the upper of the two rows in the upper half.
        areas: (3, 6, 40, 32, 32) int16, pixels that are on.
    """

    def __init__(self, words: list[np.ndarray]) -> None:
        """Takes what `open_windows` drew or read."""
        self.words = words
        counts = [np.bitwise_count(own).sum(axis=2, dtype=np.int16) for own in words]
        self.areas = np.stack(counts, axis=1)

    def distances(self, x: np.ndarray) -> np.ndarray:
        """(3, 6, 40, 32, 32) int16: pixels by which a (64, 64) picture of 0 and 1 differs."""
        rows = np.packbits(x.astype(np.uint8), axis=1).view(">u8").astype(np.uint64)[:, 0]
        both = np.empty(_CLASSES, dtype=np.int16)
        for scale, words in enumerate(self.words):
            seen = _windows_of(rows, scale)
            for shape in range(_SHAPES):
                for turn in range(0, _TURNS, _AT_ONCE):
                    part = slice(turn, turn + _AT_ONCE)
                    bits = np.bitwise_count(words[shape, part] & seen)
                    np.add.reduce(bits, axis=1, dtype=np.int16, out=both[shape, scale, part])
        both *= -2
        both += self.areas
        both += np.int16(x.sum())
        return both


@lru_cache(maxsize=1)
def open_windows() -> Windows:
    """The windows of all 737,280 pictures, mapped from the user's cache.

    They are drawn on first use, in some seconds; where the cache cannot be written, in memory.
    """
    path = cache_folder() / _FILE
    try:
        return Windows(_read(path))
    except (OSError, ValueError):
        pass
    words = [_drawn(scale) for scale in range(_SCALES)]
    try:
        with replacing(path, sum(own.nbytes for own in words)) as file:
            for own in words:
                file.write(own.data)
            file.write(_seal(words))
    except OSError as error:
        _log.warning("%s The windows of all sprites stay in memory.", error)
    return Windows(words)


def _read(path: Path) -> list[np.ndarray]:
    """Maps the file and verifies it.

    Raises:
        OSError: it is absent or cannot be read.
        ValueError: it is half-written, of another version or damaged.
    """
    flat = np.memmap(path, np.uint8, "r")
    words, start = [], 0
    for scale in range(_SCALES):
        shape = (_SHAPES, _TURNS, _pairs(scale), _COLUMNS, _ROWS)
        stop = start + 8 * int(np.prod(shape))
        words.append(np.asarray(flat[start:stop].view(np.uint64)).reshape(shape))
        start = stop
    if flat[start:].tobytes() != _seal(words):
        raise ValueError(f"{path} is damaged, or of another version")
    return words


def _seal(words: list[np.ndarray]) -> bytes:
    """What follows the windows: their checksum and the version, in their own byte order."""
    checksum = 0
    for own in words:
        checksum = zlib.crc32(own.data, checksum)
    return np.array([checksum, VERSION], dtype=np.uint64).tobytes()


def _drawn(scale: int) -> np.ndarray:
    """(3, 40, Q, 32, 32) uint64: the renderer's pictures of one scale, cut to their windows."""
    words = np.empty((_SHAPES, _TURNS, _pairs(scale), _COLUMNS, _ROWS), dtype=np.uint64)
    first, pairs = _first(scale), _pairs(scale)
    for shape in range(_SHAPES):
        for turn in range(_TURNS):
            place = np.indices((_COLUMNS, _ROWS)).reshape(2, -1)
            told = np.tile([[shape], [scale], [turn]], place.shape[1])
            packed = dsprites.render_packed(np.concatenate([told, place]).T)
            rows = packed.view(">u8").astype(np.uint64).reshape(_COLUMNS, _ROWS, raster.SIZE)
            lines = first[:, None] + np.arange(2 * pairs)  # (32, 2Q) rows of each posY's window
            cut = np.take_along_axis(_padded(rows), lines[None], axis=2)
            words[shape, turn] = _paired(_shifted(cut, first[:, None, None])).transpose(2, 0, 1)
    return words


def _windows_of(rows: np.ndarray, scale: int) -> np.ndarray:
    """(Q, 32, 32) uint64: a picture's (64,) row words as each place of a scale sees them."""
    first = _first(scale)
    lines = first[:, None] + np.arange(2 * _pairs(scale))
    cut = np.broadcast_to(_padded(rows)[lines], (_COLUMNS, *lines.shape))
    return np.ascontiguousarray(_paired(_shifted(cut, first[:, None, None])).transpose(2, 0, 1))


def _first(scale: int) -> np.ndarray:
    """(32,) int64: the first row, or column, of the window of each position.

    The farthest point of any outline is a square's corner, √2 · 9.6 pixels off at scale 1; a pixel
    is on where its centre, half a pixel on, lies inside.
    """
    centre = 16 + 32 * np.arange(_ROWS) / (_ROWS - 1)
    return np.ceil(centre - _radius(scale) - 0.5 - 1 / raster.SUBPIXELS).astype(np.int64)


def _pairs(scale: int) -> int:
    """Q: pairs of rows that a window has."""
    return int(2 * _radius(scale) + 2) // 2


def _radius(scale: int) -> float:
    return 2**0.5 * 9.6 * (0.5 + 0.1 * scale)


def _padded(rows: np.ndarray) -> np.ndarray:
    """With rows of darkness below, so that each window is whole."""
    return np.concatenate([rows, np.zeros((*rows.shape[:-1], 2), dtype=np.uint64)], axis=-1)


def _shifted(rows: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Row words to 32 bits from their window's first column on."""
    moved = rows << first.astype(np.uint64)  # column 0 is the top bit
    return moved >> np.uint64(64 - _HALF)


def _paired(rows: np.ndarray) -> np.ndarray:
    """(…, 2Q) rows of 32 bits to (…, Q) words."""
    return (rows[..., 0::2] << np.uint64(_HALF)) | rows[..., 1::2]
