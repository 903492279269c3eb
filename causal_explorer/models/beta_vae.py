"""β-VAE: a code whose units are pressed towards independence by the weight of the KL.

    loss = -E_q log p(x | z) + β KL(q(z | x) ‖ N(0, I)),   p(x | z) Bernoulli in every pixel

Source: Higgins et al. 2017 (ICLR), equation 4. β may begin higher and fall to its value: the code
then takes up one factor after another, the dearest first, as it does where its capacity is raised
step by step (Burgess et al. 2018, arXiv:1804.03599). It may also turn polar on the way (`polar`).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.distributions import Independent, Normal, kl_divergence
from torch.nn import functional

from causal_explorer.data.dataset import Dataset
from causal_explorer.models.autoencoder import Autoencoder
from causal_explorer.models.patch_lot import draw_patches
from causal_explorer.models.patches import PatchPainter, PatchReader, patches_of
from causal_explorer.models.polar import PolarCode
from causal_explorer.models.settings import check_sizes, check_weights
from causal_explorer.wording import brief


@dataclass(frozen=True)
class BetaVAEConfig:
    """Sizes and the weight of the KL.

    Attributes:
        latent: dimensions of z.
        hidden: units of each dense layer of the encoder.
        channels: numbers that the encoder reads a patch into.
        width: units of each layer that paints the patches.
        beta: weight of the KL; 1 is the VAE.
        start: weight of the KL at first, if it is above `beta`; it falls exponentially.
        fall: share of the run at which it has come down to `beta`.
        polar: share of the run at which the code turns polar, its units opening in order up to
            then; 1 for neither.
    """

    latent: int = 10
    hidden: int = 256
    channels: int = 24
    width: int = 128
    beta: float = 4.0
    start: float = 1.0
    fall: float = 0.6
    polar: float = 1.0

    def __post_init__(self) -> None:
        check_sizes(self)
        check_weights(self, "beta", "start")
        for name in ("fall", "polar"):
            share = getattr(self, name)
            number = isinstance(share, (int, float)) and not isinstance(share, bool)
            if not number or not 0 < share <= 1:
                raise ValueError(f"{name} is {brief(share)}: it takes a share above 0, up to 1.")


class BetaVAE(Autoencoder):
    """Encoder and decoder; labels play no part.

    Attributes:
        latents: dimensions of z.
        beta: weight of the KL.
    """

    def __init__(self, dataset: Dataset, config: BetaVAEConfig) -> None:
        """Builds the networks for pictures of 0 and 1 whose sides are multiples of 8.

        Raises:
            ValueError: other pictures.
        """
        super().__init__()
        if len(dataset.shape) != 2:
            raise ValueError(f"beta-vae takes pictures of 0 and 1, not those of {dataset.name}.")
        self.latents, self.beta = config.latent, float(config.beta)
        self.excess, self.fall = max(1.0, config.start / config.beta), float(config.fall)
        self.progress = 1.0
        hidden = config.hidden
        reader = PatchReader(dataset.shape, config.channels)
        self.encoder = nn.Sequential(
            reader,
            nn.SiLU(),
            nn.Linear(reader.features, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Linear(hidden, 2 * config.latent),
        )
        self.code = PolarCode(config.latent, config.polar)
        self.logits = PatchPainter(config.latent, dataset.shape, config.width)

    def begin(self, progress: float) -> None:
        self.progress = progress
        self.code.begin(progress)

    def encode(self, x: Tensor) -> Independent:
        mean, log_sd = self.code(*self.encoder(x).float().chunk(2, 1))
        return Independent(Normal(mean, log_sd.clamp(-8, 2).exp()), 1)

    def decode(self, z: Tensor) -> Tensor:
        return self.logits(z).sigmoid()

    def terms(self, v: Tensor, x: Tensor) -> dict[str, Tensor]:
        q = self.encode(x)
        cost = _nats(self.logits(q.rsample()), x.float())
        return {"image_nats": cost.flatten(1).sum(1), "kl_nats": _kl(q)}

    def loss(self, v: Tensor, x: Tensor) -> Tensor:
        """-E log p(x | z) + β KL, nats a picture, with the β of this part of the run.

        The image's part is told from some of the patches, without bias.
        """
        q, patches = self.encode(x), patches_of(x)
        lot = draw_patches(patches, self.logits.rows)
        logits = self.logits.some(q.rsample(), lot.picture, lot.place)
        cost = _nats(logits, patches[lot.picture, lot.place])
        beta = self.beta * self.excess ** max(0.0, 1 - self.progress / self.fall)
        image_nats = (cost.sum(1) * lot.weight).sum() / len(x)
        return image_nats + beta * _kl(q).mean()


def _nats(logits: Tensor, x: Tensor) -> Tensor:
    """-log p(x) of each pixel, of logits and pictures of one shape."""
    return functional.binary_cross_entropy_with_logits(logits, x, reduction="none")


def _kl(q: Independent) -> Tensor:
    """(N,) KL of (N, L) normal laws from N(0, I), nats."""
    mean = torch.zeros_like(q.mean)
    return kl_divergence(q, Independent(Normal(mean, torch.ones_like(mean)), 1))
