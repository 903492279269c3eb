"""Colour maps that do not hang on telling red from green: numbers in, pixels out."""

from __future__ import annotations

import numpy as np
from plotly.colors import hex_to_rgb, sequential

BLUE, NEUTRAL, ORANGE = "#0b5cad", "#ffffff", "#d96a00"  # −1, 0 and +1 of a difference


def diverging(picture: np.ndarray) -> np.ndarray:
    """(H, W) in [-1, 1] to (H, W, 3) uint8: blue below 0, white at 0, orange above."""
    return _mapped((picture + 1) / 2, (BLUE, NEUTRAL, ORANGE))


def cividis(picture: np.ndarray) -> np.ndarray:
    """(H, W) in [0, 1] to (H, W, 3) uint8: from dark blue to yellow, lighter is more.

    Source: Nuñez, Anderton and Renslow 2018 (doi 10.1371/journal.pone.0199239), as in Plotly.
    """
    return _mapped(picture, sequential.Cividis)


def _mapped(share: np.ndarray, stops: tuple[str, ...] | list[str]) -> np.ndarray:
    """Colours on straight lines between equally spaced stops; beyond the ends, the ends."""
    places = np.linspace(0, 1, len(stops))
    channels = np.array([hex_to_rgb(stop) for stop in stops]).T
    mixed = [np.interp(share, places, channel) for channel in channels]
    return np.rint(np.stack(mixed, axis=-1)).astype(np.uint8)
