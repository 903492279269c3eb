"""Sprites that carry a style which no label names: solid, stripes, or a hollow.

The factors and the outlines are dSprites' own, pixel for pixel. The style is exogenous noise of
the image, so that no factor causes it: the truth of do(shape) keeps it.

    solid      the sprite as dSprites draws it
    stripes    of the sprite's pixels those in every second stripe of `width` pixels; the first
               lies on the sprite's centre, along `direction`, whatever the orientation
    hollow     the sprite less the same sprite, smaller by `width` pixels a unit of its outline
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data import dsprites, raster, splits
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.data.pictures import PackedPictures
from causal_explorer.data.splits import Split
from causal_explorer.scm.variables import Variable

STYLES = ("solid", "stripes", "hollow")
HIDDEN = (
    Variable(
        "style",
        (0.0, 1.0, 2.0),
        kind="nominal",
        labels=STYLES,
        about="How the sprite is filled. No label tells the model.",
    ),
    Variable(
        "direction",
        tuple(np.pi * np.arange(12) / 12),
        "rad",
        "circular",
        about="Of the stripes: 12 steps of half a turn.",
    ),
    Variable(
        "width",
        (2.0, 2.5, 3.0, 3.5, 4.0),
        "px",
        about="Of a stripe, or of the rim around a hollow: 0 is narrow, 4 is wide.",
    ),
)
UNIT = (*FACTORS, *HIDDEN)  # the columns of a unit
COUNT = 200_000  # units that models learn from
_CHUNK = 4_096  # pictures drawn at a time: bounds the memory of one call
_SOLID, _STRIPES, _HOLLOW = range(3)
_IDLE = (("direction", "width"), (), ("direction",))  # by style


def check(units: np.ndarray) -> np.ndarray:
    """Checks a table of units.

    Returns:
        (N, 8) int64.

    Raises:
        ValueError: not (N, 8) whole numbers, each within its variable's classes.
    """
    table = np.asarray(units)
    if table.ndim != 2 or table.shape[1] != len(UNIT) or table.dtype.kind not in "iu":
        raise ValueError(
            f"units is {table.dtype} of shape {table.shape}: it takes (N, {len(UNIT)}) whole "
            f"numbers, one column for each of {', '.join(v.name for v in UNIT)}."
        )
    for variable, column in zip(UNIT, table.T, strict=True):
        if len(column) and (column.min() < 0 or column.max() >= variable.classes):
            raise ValueError(
                f"{variable.name} runs from {column.min()} to {column.max()} in units: "
                f"it takes 0 to {variable.classes - 1}."
            )
    return table.astype(np.int64)


def render_packed(units: np.ndarray) -> np.ndarray:
    """Draws pictures at 1 bit a pixel: (N, 8) ints to (N, 512) uint8, as `numpy.packbits`.

    Raises:
        ValueError: as `check`.
    """
    table = check(units)
    packed = np.empty((len(table), raster.SIZE**2 // 8), dtype=np.uint8)
    for start in range(0, len(table), _CHUNK):
        packed[start : start + _CHUNK] = _drawn(table[start : start + _CHUNK])
    return packed


def render(units: np.ndarray) -> np.ndarray:
    """Draws pictures.

    Args:
        units: (N, 8) ints: shape, scale, orientation, posX, posY, style, direction, width.

    Returns:
        (N, 64, 64) uint8 of 0 and 1, row 0 at the top.

    Raises:
        ValueError: as `check`.
    """
    return raster.unpack(render_packed(units))


def draw_hidden(count: int, generator: np.random.Generator) -> np.ndarray:
    """(count, 3) int64 styles from their prior, every class of each column equally likely."""
    drawn = np.stack([generator.integers(0, v.classes, count) for v in HIDDEN], axis=1)
    return as_shown(drawn)


def idle(unit: Mapping[str, float]) -> tuple[str, ...]:
    """What plays no part in a unit's picture, by name: the direction of a hollow, for example."""
    return _IDLE[round(unit.get("style", _STRIPES))]


def as_shown(styles: np.ndarray) -> np.ndarray:
    """(N, 3) styles with 0 for what does not show: a hollow's direction, the width of nothing."""
    shown = styles.copy()
    for style, names in enumerate(_IDLE):
        for name in names:
            shown[shown[:, 0] == style, [v.name for v in HIDDEN].index(name)] = 0
    return shown


class StyledPictures(PackedPictures):
    """Random units, each once, at 1 bit a pixel; a picture stands in one split only.

    Attributes:
        units: (N, 8) int64, style included; labels are the first five columns.
    """

    def __init__(self, device: torch.device, count: int = COUNT, seed: int = 0) -> None:
        """Draws `count` units and renders them, some seconds."""
        rng = np.random.default_rng(seed)
        v = np.stack([rng.integers(0, factor.classes, count) for factor in FACTORS], axis=1)
        self.units = np.unique(np.concatenate([v, draw_hidden(count, rng)], axis=1), axis=0)
        packed = render_packed(self.units)
        super().__init__(torch.from_numpy(packed).to(device))
        self.v = torch.from_numpy(self.units[:, : len(FACTORS)]).to(device)
        self._words = packed.view(np.uint64)  # a row of pixels each

    def rows(self, split: Split, seed: int = 0) -> np.ndarray:
        return splits.members(splits.lots(self._words, seed), split)

    def __call__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(N,) rows to (N, 5) int64 classes and (N, 64, 64) uint8 pictures of 0 and 1."""
        own = rows.to(self.v.device)
        return self.v[own], self.unpack(own)


def _drawn(units: np.ndarray) -> np.ndarray:
    v, (style, direction, width) = units[:, : len(FACTORS)], units[:, len(FACTORS) :].T
    packed = dsprites.render_packed(v)
    wide = np.array(HIDDEN[2].values)[width]
    hollow, striped = style == _HOLLOW, style == _STRIPES
    packed[hollow] &= ~dsprites.render_packed(v[hollow], smaller=wide[hollow])
    angle = np.array(HIDDEN[1].values)[direction[striped]]
    packed[striped] = _cut(packed[striped], v[striped], angle, wide[striped])
    return packed


def _cut(packed: np.ndarray, v: np.ndarray, angle: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Leaves of (N, 512) packed pictures every second stripe, the first on the sprite's centre.

    Distances are rounded to 1/256 pixel, as corners are, so that ties fall alike everywhere.
    """
    pictures = raster.unpack(packed)
    sprite, row, column = np.nonzero(pictures)
    right = column + 0.5 - (16 + 32 * v[sprite, 3] / 31)
    down = row + 0.5 - (16 + 32 * v[sprite, 4] / 31)
    across = raster.snap(right * np.sin(angle)[sprite] + down * np.cos(angle)[sprite])
    wide = raster.snap(width)[sprite]
    pictures[sprite, row, column] = (across + wide // 2) // wide % 2 == 0
    return np.packbits(pictures.reshape(len(v), raster.SIZE**2), axis=1)
