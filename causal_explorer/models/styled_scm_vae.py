"""The SCM-VAE of sprites with a style: a learned outline, and a texture that z decides.

    p(x_p = 1 | v, z) = σ(a_p(v)) σ(t_p(z; where p lies in the sprite))

The factors say where the outline a lies, z says what is painted into it. The texture is never
told the factors, only where in the sprite a pixel lies: so z cannot carry them along into a
counterfactual picture, and a style stays the same style on another shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pyro.distributions as dist
import torch
from torch import Tensor, nn
from torch.distributions import kl_divergence

from causal_explorer.data.dataset import Dataset
from causal_explorer.data.raster import SIZE
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.outline import Outlines
from causal_explorer.models.polygon import PolygonDecoder
from causal_explorer.models.pose import Pose
from causal_explorer.models.settings import check_sizes
from causal_explorer.models.sprites import require_sprites
from causal_explorer.models.texture import POINTS, Places, both
from causal_explorer.models.window import BACKGROUND, WindowedBernoulli

_SPRITE = 170.0  # pixels of a usual one: what is read of it is then near 1


@dataclass(frozen=True)
class StyledSCMVAEConfig:
    """Sizes of the networks; the outline's are as of `SCMVAEConfig`.

    Attributes:
        latent: dimensions of z.
        hidden: units of each of the two hidden layers, of encoder and texture.
        waves: of the texture's series along either axis.
        corners: of each shape's outline.
        harmonics: of each outline's curve.
        grid: points a pixel of the grid that corners may have been rounded to.
        window: side of the painted window, pixels.
    """

    latent: int = 8
    hidden: int = 192
    waves: int = 10
    corners: tuple[int, ...] = (4, 100, 150)
    harmonics: tuple[int, ...] = (2, 1, 4)
    grid: int = 256
    window: int = 32

    def __post_init__(self) -> None:
        check_sizes(self, window=SIZE, waves=32)


class StyledSCMVAE(ImageMechanism):
    """An outline decoder, a texture, and an encoder that reads the texture's own terms.

    The outline is the same mechanism as on sprites without a style, and is not learned again: a
    config's [train.warm] section names the checkpoint whose decoder it is.
    """

    def __init__(self, dataset: Dataset, config: StyledSCMVAEConfig) -> None:
        """Builds the networks for a shape factor followed by scale, orientation, posX, posY.

        Raises:
            ValueError: other factors.
        """
        super().__init__(config.latent)
        require_sprites(dataset, "scm-vae-styled")
        self.window, self.waves = config.window, config.waves
        outlines = Outlines(tuple(config.corners), tuple(config.harmonics), config.latent)
        nn.init.zeros_(outlines.bend)  # z is the texture's
        pose = Pose(dataset.variables[1:], config.window)
        self.decoder = PolygonDecoder(outlines, pose, config.grid).requires_grad_(False)
        read, hidden = (2 * config.waves + 1) ** 2 + POINTS, config.hidden
        self.texture = _dense(config.latent, hidden, hidden, read)
        self.encoder = _dense(2 * read, hidden, hidden, 2 * config.latent)

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """-ELBO in nats an image, as Pyro has it, with the outlines placed once for both."""
        outline, places = self._outline(v)
        posterior = self._read(x, outline, places)
        decoded = self._paint(posterior.rsample(), outline, places)
        kl = kl_divergence(posterior, self.prior().expand(posterior.batch_shape))
        return (kl - decoded.log_prob(x)).mean()

    def decode(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, 5) int64 classes and (N, L) latents."""
        return self._paint(z, *self._outline(v))

    def encode(self, x: Tensor, v: Tensor) -> dist.Independent:
        """q(z | x, v) of (N, 64, 64) pictures of 0 and 1 and their (N, 5) classes."""
        return self._read(x, *self._outline(v))

    @torch.no_grad()
    def _outline(self, v: Tensor) -> tuple[WindowedBernoulli, Places]:
        """The outlines as they are filled, and where their pixels lie in them."""
        outlines, pose, place = self.decoder.outlines, self.decoder.pose, v[:, 1:]
        filled = self.decoder(v, torch.zeros(len(v), self.latent, device=v.device))
        pixels = (filled.logits > BACKGROUND).flatten().nonzero().squeeze(1)
        image, within = pixels // self.window**2, pixels % self.window**2
        centre = pose.centre_in_window(place)
        pixel = torch.arange(self.window, device=v.device, dtype=torch.float32) + 0.5
        looked = pixel + self.decoder.sample_point[:, None]
        right, down = (looked - centre[..., None]).float().unbind(1)
        x = right[image, within % self.window]
        y = down[image, within // self.window]
        turned, radius = pose.angle[place[:, 1]].float(), pose.log_radius.exp()[place[:, 0]].float()
        reach = outlines.radius(v[image, 0], torch.atan2(y, x) + turned[image])
        inset = radius[image] - x.hypot(y) / reach
        return filled, Places.of(right, down, pixels, inset, self.waves)

    def _paint(self, z: Tensor, outline: WindowedBernoulli, places: Places) -> WindowedBernoulli:
        """The outlines, each with the texture that its z says."""
        texture = places.paint(self.texture(z)).clamp(BACKGROUND, -BACKGROUND)
        flat = outline.logits.flatten()
        on = both(flat[places.pixels], texture.to(flat.dtype)).clamp(min=BACKGROUND)
        logits = flat.index_copy(0, places.pixels, on)
        return WindowedBernoulli(logits.view_as(outline.logits), outline.corner)

    def _read(self, x: Tensor, outline: WindowedBernoulli, places: Places) -> dist.Independent:
        """q(z | x, v) from how the pixels inside the outlines lie on the texture's terms."""
        inside = outline.logits.flatten()[places.pixels].sigmoid()
        seen = x.flatten(1).gather(1, outline.pixels).flatten()[places.pixels].to(inside.dtype)
        told = torch.cat([places.read(inside * (2 * seen - 1)), places.read(inside)], dim=1)
        mean, log_sd = self.encoder(told / _SPRITE).chunk(2, dim=1)
        return dist.Normal(mean, log_sd.exp()).to_event(1)


def _dense(*sizes: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.SiLU()]
    return nn.Sequential(*layers[:-1])
