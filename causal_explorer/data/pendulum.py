"""A pendulum under a moving light, and its shadow: exact physics, drawn without a download.

    shadow_length    := max(3, |s0 - s1|)
    shadow_position  := (s0 + s1) / 2
    s0 = 10 - 11 / tan φ,   s1 = 10 + 9.5 sin θ - (11 - 9.5 cos θ) / tan φ

with θ the angle and φ the light's elevation; lengths are in the units of the view, 20 wide and
22 high. Source: the synthetic pendulum of Yang et al. 2021 (arXiv:2004.08697, section 6.1).
"""

from __future__ import annotations

import numpy as np
import torch

from causal_explorer.data.pictures import DrawnPictures
from causal_explorer.scm.equations import Equation, Equations
from causal_explorer.scm.variables import Quantity

SIDE = 96  # pixels
ANGLE = Quantity(
    "angle", -40.0, 40.0, "°", 1.0, about="Of the rod: at 0° it hangs down, above 0° to the right."
)
LIGHT = Quantity(
    "light", 54.0, 133.0, "°", 1.0, about="Elevation of the sun: at 90° it stands straight above."
)
LENGTH = Quantity(
    "shadow_length",
    3.0,
    13.0,
    "units",
    0.1,
    about="Of the shadow on the ground; the picture is 20 units wide.",
)
POSITION = Quantity(
    "shadow_position",
    2.0,
    20.0,
    "units",
    0.1,
    about="Of the shadow's middle, from the left edge; the picture is 20 units wide.",
)
VARIABLES = (ANGLE, LIGHT, LENGTH, POSITION)

_STEP = 0.9  # degrees between two values of the published grid
_ANGLES = np.arange(-40, 44) * _STEP
_LIGHTS = np.array([j for j in range(60, 148) if j != 100]) * _STEP
_GROUND, _THICK = -0.5, 0.35  # where the shadow lies, and half of how high it is drawn
_COLOURS = {  # red, green, blue
    "ground": (0.78, 0.76, 0.72),
    "sun": (0.98, 0.72, 0.15),
    "rod": (0.35, 0.38, 0.42),
    "ball": (0.80, 0.20, 0.22),
    "shadow": (0.12, 0.14, 0.20),
}
_CHUNK = 16  # pictures drawn at a time: what they take fits in a cache, and bounds the memory


def _ends(angle: np.ndarray, light: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the shadow begins and ends on the ground."""
    theta, slope = np.radians(angle), np.tan(np.radians(light))
    start = 10 - 11 / slope
    end = 10 + 9.5 * np.sin(theta) - (11 - 9.5 * np.cos(theta)) / slope
    return start, end


def shadow_length(angle: np.ndarray, light: np.ndarray) -> np.ndarray:
    """(N,) lengths of the shadow, 3 at least, from degrees."""
    start, end = _ends(angle, light)
    return np.maximum(3.0, np.abs(start - end))


def shadow_position(angle: np.ndarray, light: np.ndarray) -> np.ndarray:
    """(N,) places of the shadow's middle, from degrees."""
    return np.add(*_ends(angle, light)) / 2


def law() -> Equations:
    """The structural causal model: the shadow follows from angle and light."""
    causes = ("angle", "light")
    return Equations(
        "pendulum",
        "Angle and light cast the shadow: its length and its position.",
        VARIABLES,
        {
            "shadow_length": Equation(causes, shadow_length),
            "shadow_position": Equation(causes, shadow_position),
        },
    )


def grid() -> np.ndarray:
    """(7308, 4) float64 of the published grid: angle and light in degrees, length, position."""
    angle, light = (axis.ravel() for axis in np.meshgrid(_ANGLES, _LIGHTS, indexing="ij"))
    columns = (angle, light, shadow_length(angle, light), shadow_position(angle, light))
    return np.stack(columns, axis=1)


def render(values: np.ndarray) -> np.ndarray:
    """Draws pictures, edges smoothed over a pixel.

    Args:
        values: (N, 4) angle, light, shadow_length, shadow_position; the shadow is drawn as its
            own two values say, also where angle and light would cast another.

    Returns:
        (N, 96, 96, 3) uint8, row 0 at the top.

    Raises:
        ValueError: not (N, 4) finite numbers.
    """
    table = np.asarray(values, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(VARIABLES) or not np.isfinite(table).all():
        raise ValueError(
            f"values has shape {table.shape}: it takes (N, 4) finite numbers, one column for each "
            f"of {', '.join(variable.name for variable in VARIABLES)}."
        )
    pictures = np.empty((len(table), SIDE, SIDE, 3), dtype=np.uint8)
    for start in range(0, len(table), _CHUNK):
        piece = slice(start, start + _CHUNK)
        pictures[piece] = np.rint(_paint(table[piece]) * 255)
    return pictures


def _paint(table: np.ndarray) -> np.ndarray:
    """(N, 96, 96, 3) floats: each part laid over the ones before by its coverage."""
    x = ((np.arange(SIDE) + 0.5) * 20 / SIDE).astype(np.float32)
    y = (21 - (np.arange(SIDE) + 0.5) * 22 / SIDE).astype(np.float32)[:, None]
    angle, light, length, place = table.T.astype(np.float32)[:, :, None, None]
    theta = np.radians(angle)
    ball_x, ball_y = 10 + 8 * np.sin(theta), 10.5 - 8 * np.cos(theta)
    sun_x = 10 + 10 / np.tan(np.radians(light))
    distances = {
        "ground": np.abs(y - _GROUND) + 0 * angle - 0.08,
        "sun": np.hypot(x - sun_x, y - 20.5) - 3,
        "rod": _from_segment(x, y, ball_x, ball_y) - 0.2,
        "ball": np.hypot(x - ball_x, y - ball_y) - 1.5,
        "shadow": np.maximum(np.abs(x - place) - length / 2, np.abs(y - _GROUND) - _THICK),
    }
    planes = np.ones((3, len(table), SIDE, SIDE), dtype=np.float32)  # a colour at a time: faster
    for part, distance in distances.items():
        cover = np.clip(0.5 - distance * SIDE / 21, 0, 1)
        for plane, colour in zip(planes, _COLOURS[part], strict=True):
            plane += cover * (np.float32(colour) - plane)
    return np.moveaxis(planes, 0, -1)


def _from_segment(x: np.ndarray, y: np.ndarray, end_x: np.ndarray, end_y: np.ndarray) -> np.ndarray:
    """Distance to the line from the pivot to the ball."""
    across, down = end_x - 10, end_y - 10.5
    share = ((x - 10) * across + (y - 10.5) * down) / (across**2 + down**2)
    share = np.clip(share, 0, 1)
    return np.hypot(x - 10 - share * across, y - 10.5 - share * down)


def table() -> tuple[np.ndarray, np.ndarray]:
    """The published grid and its lots: every fourth is test, a tenth of the rest validation."""
    values = grid()
    place = np.arange(len(values))
    return values, np.where(place % 4 == 0, 0.05, np.where(place % 10 == 1, 0.15, 0.5))


def open_pictures(device: torch.device) -> DrawnPictures:
    """The published grid with its pictures."""
    values, lots = table()
    return DrawnPictures(values.astype(np.float32), render(values), device, split=lots)
