"""The SCM-VAE: a structural causal model whose image mechanism is a VAE, in Pyro.

    v_i := f_i(pa_i, u_i)                 a factor
    z   ~  N(0, I)                        exogenous noise of the image
    x_p := 1[u_p < p(x_p = 1 | v, z)]     a pixel, u_p ~ U(0, 1)

Source: deep structural causal models, Pawlowski, Castro and Glocker 2020 (arXiv:2006.06485).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import pyro
import pyro.distributions as dist
import torch
from torch import Tensor, nn

from causal_explorer.data.raster import SIZE
from causal_explorer.models.outline import OutlineDecoder
from causal_explorer.models.pose import Pose
from causal_explorer.models.window import WindowedBernoulli
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.program import factors
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief

_LARGEST = 8_192  # of any size but the window: larger is a mistake, not a network


@dataclass(frozen=True)
class SCMVAEConfig:
    """Sizes of the networks.

    Attributes:
        latent: dimensions of z.
        angles: entries of an outline's table.
        hidden: units of the encoder's hidden layer.
        window: side of the painted window, pixels.
    """

    latent: int = 8
    angles: int = 1024
    hidden: int = 128
    window: int = 32

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            most = SIZE if name == "window" else _LARGEST
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not 1 <= value <= most:
                raise ValueError(
                    f"{name} is {brief(value)}: it takes a whole number from 1 to {most:,}."
                )


class SCMVAE(nn.Module):
    """p(x, z | v) and q(z | x, v); p(v) is a story's, given to each call that needs it."""

    def __init__(self, variables: tuple[Variable, ...], config: SCMVAEConfig) -> None:
        """Builds the networks for a shape factor followed by scale, orientation, posX, posY."""
        super().__init__()
        self.config = config
        shapes = variables[0].classes
        pose = Pose(variables[1:], config.window)
        self.decoder = OutlineDecoder(shapes, config.angles, config.latent, pose)
        self.encoder = nn.Sequential(
            nn.Linear(config.window**2 + shapes, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, 2 * config.latent),
        )

    def decode(self, v: Tensor, z: Tensor) -> WindowedBernoulli:
        """p(x | v, z) of (N, 5) int64 classes and (N, L) latents."""
        return self.decoder(v, z)

    def encode(self, x: Tensor, v: Tensor) -> dist.Independent:
        """q(z | x, v) of (N, 64, 64) pictures of 0 and 1 and their (N, 5) classes."""
        corner = self.decoder.pose.corner(v[:, 1:])
        window = WindowedBernoulli(x.new_zeros(len(x), *[self.config.window] * 2), corner)
        seen = x.flatten(1).gather(1, window.pixels).to(self.decoder.radius.dtype)
        shape = nn.functional.one_hot(v[:, 0], len(self.decoder.radius)).to(seen.dtype)
        mean, log_sd = self.encoder(torch.cat([seen, shape], dim=1)).chunk(2, dim=1)
        return dist.Normal(mean, log_sd.exp()).to_event(1)

    def prior(self) -> dist.Independent:
        """p(z) of one image."""
        zero = torch.zeros(self.config.latent, device=self.decoder.radius.device)
        return dist.Normal(zero, torch.ones_like(zero)).to_event(1)

    def model(self, v: Tensor, x: Tensor | None = None) -> Tensor:
        """Pyro program p(z) p(x | v, z): sites "z" and "image", pixel noise summed out."""
        pyro.module("scm_vae", self)
        with pyro.plate("images", len(v)):
            z = pyro.sample("z", self.prior())
            return pyro.sample("image", self.decode(v, z), obs=x)

    def guide(self, v: Tensor, x: Tensor) -> None:
        """Pyro program q(z | x, v): site "z"."""
        pyro.module("scm_vae", self)
        with pyro.plate("images", len(v)):
            pyro.sample("z", self.encode(x, v))

    def program(self, story: SCM, coupling: Coupling, count: int = 1) -> Tensor:
        """The whole SCM as a Pyro program of `count` units, every noise a named site.

        Sites: "u_<factor>" and "<factor>" for each factor, "z", "u_image" and "image".
        `pyro.condition` on noise or evidence and `pyro.do` on factors act on it directly.

        Returns:
            (count, 64, 64) pictures of 0 and 1.
        """
        v = story.stack(factors(story, coupling, count))
        with pyro.plate("images", count):
            z = pyro.sample("z", self.prior())
            zero = torch.zeros(SIZE, SIZE, device=z.device)
            u = pyro.sample("u_image", dist.Uniform(zero, torch.ones_like(zero)).to_event(2))
            x = (u < self.decode(v.to(z.device), z).mean).to(z.dtype)
            return pyro.sample("image", dist.Delta(x, event_dim=2))
