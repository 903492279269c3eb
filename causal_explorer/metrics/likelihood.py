"""Held-out likelihood: the two terms of the ELBO, apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import kl_divergence

from causal_explorer.models.mechanism import ImageMechanism


@dataclass(frozen=True)
class Likelihood:
    """Means over images.

    Attributes:
        image_nats: -E_q(z|x,v) log p(x | v, z), one draw of z an image.
        kl_nats: KL(q(z | x, v) ‖ p(z)).
        exact: share of images whose reconstruction, thresholded at 0.5, equals x.
        images: how many.
    """

    image_nats: float
    kl_nats: float
    exact: float
    images: int

    @property
    def loss(self) -> float:
        """-ELBO in nats an image; labels are not scored."""
        return self.image_nats + self.kl_nats

    @property
    def curve(self) -> dict[str, float]:
        """What a training run follows."""
        return {"image_nats": self.image_nats, "kl_nats": self.kl_nats}

    @property
    def table(self) -> dict[str, str]:
        """What a card says of it."""
        return {
            "held-out loss (-ELBO)": f"{self.loss:.4f} nats an image",
            "of which image term": f"{self.image_nats:.4f} nats",
            "of which KL(q(z) ‖ p(z))": f"{self.kl_nats:.4f} nats",
            "reconstructions equal pixel for pixel": f"{100 * self.exact:.2f} %",
        }


@torch.no_grad()
def likelihood(
    model: ImageMechanism, batches: Iterable[tuple[Tensor, Tensor]], generator: torch.Generator
) -> Likelihood:
    """Evaluates -ELBO = -E_q log p(x | v, z) + KL(q ‖ p) (Kingma and Welling 2014, eq. 3).

    Args:
        model: the model.
        batches: of (classes (N, 5) int64, pictures (N, 64, 64) of 0 and 1), on its device.
        generator: for z, on the CPU.

    Raises:
        ValueError: there is no picture.
    """
    image = kl = exact = images = 0.0
    for v, x in batches:
        posterior, prior = model.encode(x, v), model.prior()
        noise = torch.randn(posterior.mean.shape, generator=generator).to(x.device)
        decoded = model.decode(v, posterior.mean + posterior.stddev * noise)
        image -= float(decoded.log_prob(x).double().sum())
        kl += float(kl_divergence(posterior, prior.expand(posterior.batch_shape)).sum())
        exact += float(((decoded.mean > 0.5) == (x > 0.5)).flatten(1).all(1).sum())
        images += len(x)
    if not images:
        raise ValueError("There is no picture: a likelihood takes at least one.")
    return Likelihood(image / images, kl / images, exact / images, int(images))
