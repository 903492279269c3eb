"""Reconstruction, and traversal of one latent: what an autoencoder may be asked.

A traversal is not an intervention: no latent is a variable of a causal model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from causal_explorer.inference.opened import Opened
from causal_explorer.inference.query import parse_count
from causal_explorer.wording import brief

_FARTHEST = 1_000_000  # of a latent: a network turns larger numbers into none
ALONG = tuple(np.linspace(-2.4, 2.4, 9).tolist())  # standard deviations of the prior


@dataclass(frozen=True)
class LatentExplorer(Opened):
    """An autoencoder, asked by its latents."""

    @torch.no_grad()
    def reconstruct(self, image: object) -> np.ndarray:
        """Decodes the mean of q(z | x).

        Args:
            image: (*shape), as the data set's pictures: 0 and 1, or colours as uint8 or in [0, 1].

        Returns:
            (*shape) floats in [0, 1].

        Raises:
            ValueError: no such picture.
        """
        return channels_last(self.checkpoint.model.decode(self._mean(image)))[0]

    @torch.no_grad()
    def traverse(
        self, latent: int, image: object, values: Sequence[float] | None = None
    ) -> np.ndarray:
        """Decodes z with one latent set to each value, the others at the mean of q(z | x).

        Args:
            latent: its number, from 0.
            image: as `reconstruct` takes it.
            values: K standard deviations of the prior; nine from -2.4 to 2.4 if None.

        Returns:
            (K, *shape) floats in [0, 1].

        Raises:
            ValueError: no such latent or picture, or a value that is no finite number.
        """
        mean = self._mean(image)
        along = parse_values(ALONG if values is None else values)
        z = mean.repeat(len(along), 1)
        z[:, parse_count(latent, "latent", 0, self.checkpoint.model.latents - 1)] = along
        return channels_last(self.checkpoint.model.decode(z))

    def _mean(self, image: object) -> Tensor:
        x = parse_picture(image, self.checkpoint.dataset.shape)
        return self.checkpoint.model.encode(x).mean


def parse_picture(image: object, shape: tuple[int, ...]) -> Tensor:
    """A picture as a model takes it: (1, …) float32 in [0, 1], channels first.

    Raises:
        ValueError: another shape, no numbers, or a value out of range.
    """
    try:
        picture = np.asarray(image)
    except Exception as error:  # whatever an object's own conversion raises
        raise ValueError(f"image is a {type(image).__name__}, no array of numbers.") from error
    if picture.dtype.kind not in "buif" or picture.shape != tuple(shape):
        raise ValueError(
            f"image has shape {picture.shape} and type {picture.dtype}: it takes numbers "
            f"of shape {tuple(shape)}."
        )
    if picture.dtype == np.uint8 and len(shape) == 3:
        picture = picture / 255
    if not ((picture >= 0) & (picture <= 1)).all():
        raise ValueError("image holds values out of range: it takes pixels from 0 to 1.")
    x = torch.from_numpy(picture.astype(np.float32))[None]
    return x.movedim(-1, 1) if x.ndim == 4 else x


def parse_values(values: object) -> Tensor:
    """(K,) float32 of a list of finite numbers.

    Raises:
        ValueError: anything else.
    """
    try:
        found = np.asarray(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"values is {brief(values)}: it takes a list of numbers.") from error
    listed = found.ndim == 1 and len(found) and found.dtype.kind in "uif"
    if not listed or not (np.abs(found) <= _FARTHEST).all():
        raise ValueError(
            f"values is {brief(values)}: it takes a list of numbers up to {_FARTHEST:,}."
        )
    return torch.from_numpy(found.astype(np.float32))


def channels_last(x: Tensor) -> np.ndarray:
    """(N, H, W, C) or (N, H, W) float64 in [0, 1] of what a model paints, channels first."""
    return (x.movedim(1, -1) if x.ndim == 4 else x).clamp(0, 1).double().numpy()
