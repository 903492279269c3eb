"""Composition: a null intervention should leave the image as it is.

Source: Monteiro et al. 2023 (arXiv:2303.01274), definition of composition; measured here
along the decoder-mean path, because keeping the pixel noise makes it zero for any model.
"""

from __future__ import annotations

import torch
from torch import Tensor

from causal_explorer.models.mechanism import ImageMechanism


@torch.no_grad()
def composition(model: ImageMechanism, x: Tensor, v: Tensor, times: int = 1) -> float:
    """d(x, f∅ᵐ(x)): mean absolute difference a pixel after `times` null interventions.

    One null intervention abducts z = E q(z | x, v) and predicts E p(x | v, z).

    Args:
        model: the model.
        x: (N, 64, 64) pictures of 0 and 1.
        v: (N, 5) int64 their classes.
        times: m.
    """
    seen = x.float()
    for _ in range(times):
        seen = model.decode(v, model.encode(seen, v).mean).mean
    return float((seen - x.float()).abs().mean())
