"""Minimality: how much z carries beside the factors; what they tell already it need not.

CLD (counterfactual latent divergence) is not here: it compares pictures in the latent space of
a second network that is trained for it, and would measure that network too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import kl_divergence

from causal_explorer.models.mechanism import ImageMechanism

_ACTIVE = 0.01  # variance of E q(z_i | x, v) over images, Burda et al. 2016, section 5.3


@dataclass(frozen=True)
class Minimality:
    """What z carries.

    Attributes:
        kl_nats: KL(q(z | x, v) ‖ p(z)), mean over images.
        active: dimensions of z whose mean moves with the image, by a variance above 0.01.
        latent: dimensions of z.
        images: how many.
    """

    kl_nats: float
    active: int
    latent: int
    images: int


@torch.no_grad()
def minimality(model: ImageMechanism, batches: Iterable[tuple[Tensor, Tensor]]) -> Minimality:
    """KL(q(z | x, v) ‖ p(z)), and the active units: #{i : Var_x E q(z_i | x, v) > 0.01}.

    Source: Burda, Grosse and Salakhutdinov 2016 (arXiv:1509.00519), section 5.3.

    Args:
        model: the model.
        batches: of (classes (N, V) int64, pictures (N, 64, 64) of 0 and 1), on its device.

    Raises:
        ValueError: there is no picture.
    """
    kl, means = [], []
    for v, x in batches:
        posterior = model.encode(x.float(), v)
        kl.append(kl_divergence(posterior, model.prior().expand(posterior.batch_shape)))
        means.append(posterior.mean)
    if not sum(map(len, means)):
        raise ValueError("There is no picture: what z carries takes at least one.")
    mean = torch.cat(means).double()
    return Minimality(
        kl_nats=float(torch.cat(kl).double().mean()),
        active=int((mean.var(0, correction=0) > _ACTIVE).sum()),
        latent=model.latent,
        images=len(mean),
    )
