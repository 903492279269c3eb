"""The SCM-VAE: an image mechanism that places a learned outline where the factors say."""

from __future__ import annotations

from dataclasses import dataclass

import pyro.distributions as dist
import torch
from torch import Tensor, nn

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.outline import Outlines
from causal_explorer.models.polygon import PolygonDecoder
from causal_explorer.models.pose import Pose
from causal_explorer.models.settings import check_sizes
from causal_explorer.models.sprites import require_sprites
from causal_explorer.models.window import WindowedBernoulli
from causal_explorer.wording import brief


@dataclass(frozen=True)
class SCMVAEConfig:
    """Sizes of the networks.

    Attributes:
        latent: dimensions of z.
        corners: of each shape's outline.
        harmonics: of each outline's curve, that its corners lie on.
        grid: points a pixel of the grid that corners may have been rounded to.
        hidden: units of the encoder's hidden layer.
        window: side of the painted window, pixels.

    Raises:
        ValueError: a size is no whole number, or out of range.
    """

    latent: int = 8
    corners: tuple[int, ...] = (4, 100, 150)
    harmonics: tuple[int, ...] = (2, 1, 4)
    grid: int = 256
    hidden: int = 128
    window: int = 32

    def __post_init__(self) -> None:
        check_sizes(self, window=SIZE)
        if min(self.corners) < 3:
            raise ValueError(f"corners is {brief(self.corners)}: an outline takes 3 or more.")


class SCMVAE(ImageMechanism):
    """An outline decoder, and an encoder that looks at the window around the sprite."""

    def __init__(self, dataset: Dataset, config: SCMVAEConfig) -> None:
        """Builds the networks for a shape factor followed by scale, orientation, posX, posY.

        Raises:
            ValueError: other factors, or not as many numbers of corners as shapes.
        """
        super().__init__(config.latent)
        require_sprites(dataset, "scm-vae")
        variables = dataset.variables
        self.window, self.shapes = config.window, variables[0].classes
        for name in ("corners", "harmonics"):
            numbers = getattr(config, name)
            if len(numbers) != self.shapes:
                raise ValueError(
                    f"{name} has {len(numbers)} numbers: it takes {self.shapes}, one for each "
                    f"class of {variables[0].name}."
                )
        outlines = Outlines(tuple(config.corners), tuple(config.harmonics), config.latent)
        pose = Pose(variables[1:], config.window)
        self.decoder = PolygonDecoder(outlines, pose, config.grid)
        self.encoder = nn.Sequential(
            nn.Linear(config.window**2 + self.shapes, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, 2 * config.latent),
        )

    @property
    def reads_latent(self) -> bool:
        """Whether z moves any corner by 1/10,000 pixel: dSprites leaves it nothing to say."""
        outlines, pose = self.decoder.outlines, self.decoder.pose
        return bool(outlines.reach() * pose.log_radius.exp().max() > 1e-4)

    def decode(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, 5) int64 classes and (N, L) latents."""
        return self.decoder(v, z)

    def encode(self, x: Tensor, v: Tensor) -> dist.Independent:
        """q(z | x, v) of (N, 64, 64) pictures of 0 and 1 and their (N, 5) classes."""
        corner = self.decoder.pose.corner(v[:, 1:])
        window = WindowedBernoulli(x.new_zeros(len(x), *[self.window] * 2), corner)
        seen = x.flatten(1).gather(1, window.pixels).float()
        shape = nn.functional.one_hot(v[:, 0], self.shapes).to(seen.dtype)
        mean, log_sd = self.encoder(torch.cat([seen, shape], dim=1)).chunk(2, dim=1)
        return dist.Normal(mean, log_sd.exp()).to_event(1)
