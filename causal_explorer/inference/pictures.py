"""Pictures that a user gives, checked, and those that a model paints, as arrays."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.raster import SIZE
from causal_explorer.inference.arguments import as_array


def parse_image(image: object) -> np.ndarray:
    """A sprite as (64, 64) float32 of 0 and 1.

    Raises:
        ValueError: wrong type or shape, NaN, or any value but 0 and 1.
    """
    picture = _numbers(image)
    if picture.shape != (SIZE, SIZE):
        raise ValueError(f"image has shape {picture.shape}: it takes ({SIZE}, {SIZE}).")
    if not np.isin(picture, (0, 1)).all():
        raise ValueError(
            f"image holds values from {picture.min():g} to {picture.max():g}: it takes pixels "
            "of exactly 0 and 1, so scale and threshold it first."
        )
    return picture.astype(np.float32)


def parse_picture(image: object, shape: tuple[int, ...]) -> Tensor:
    """A picture as a model takes it: (1, …) float32 in [0, 1], channels first.

    Raises:
        ValueError: another shape, no numbers, or a value out of range.
    """
    picture = _numbers(image)
    if picture.shape != tuple(shape):
        raise ValueError(f"image has shape {picture.shape}: it takes {tuple(shape)}.")
    x = torch.from_numpy(_scaled(picture, shape).astype(np.float32))[None]
    return x.movedim(-1, 1) if x.ndim == 4 else x


def parse_pictures(image: object, shape: tuple[int, ...]) -> np.ndarray:
    """One picture or several, as a data set keeps them: (N, *shape) of uint8, or of 0 and 1.

    Raises:
        ValueError: another shape, none at all, no numbers, or a value out of range.
    """
    given = _numbers(image)
    if given.shape[-len(shape) :] != shape or given.ndim - len(shape) not in (0, 1):
        raise ValueError(f"image has shape {given.shape}: it takes {shape}, or several of them.")
    several = given.reshape(-1, *shape)
    if not len(several):
        raise ValueError("image holds no picture: it takes one, or several.")
    scaled = _scaled(several, shape)
    return np.round(255 * scaled).astype(np.uint8) if len(shape) == 3 else scaled.astype(np.float32)


def channels_last(x: Tensor) -> np.ndarray:
    """(N, H, W, C) or (N, H, W) float64 in [0, 1] of what a model paints, channels first."""
    return (x.movedim(1, -1) if x.ndim == 4 else x).clamp(0, 1).double().numpy()


def _numbers(image: object) -> np.ndarray:
    """What a user gives, as an array of finite numbers."""
    picture = as_array(image, "image")
    if picture.dtype.kind not in "buif":
        raise ValueError(f"image has type {picture.dtype}: it takes numbers.")
    if not np.isfinite(picture).all():
        raise ValueError("image holds NaN or infinity: it takes finite numbers.")
    return picture


def _scaled(picture: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Pixels as numbers in [0, 1]; colour may come as uint8."""
    if len(shape) == 3 and picture.dtype == np.uint8:
        return picture / 255
    if not ((picture >= 0) & (picture <= 1)).all():
        named = ", or uint8" if len(shape) == 3 else ""
        raise ValueError(f"image holds values out of range: it takes pixels from 0 to 1{named}.")
    return picture.astype(np.float64)
