"""Reconstruction, and traversal of one latent: what an autoencoder may be asked.

A traversal is not an intervention: no latent is a variable of a causal model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from causal_explorer.inference.arguments import parse_count, parse_values
from causal_explorer.inference.opened import Opened
from causal_explorer.inference.pictures import channels_last, parse_picture

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
