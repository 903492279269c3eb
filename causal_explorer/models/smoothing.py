"""A curriculum by smoothing: pictures are learned blurred first, coarse before fine.

Source: Sinha et al. 2020 (NeurIPS, arXiv:2003.01367), who smooth features instead of pictures.
"""

from __future__ import annotations

import torch
from torch import Tensor

_SEEN = 0.01  # what is fainter counts as nothing, so that most patches stay empty
_SHARP = 0.3  # pixels: a narrower Gaussian changes next to nothing


def smoothed(x: Tensor, sd: float) -> Tensor:
    """(N, H, W) pictures of 0 to 1 behind a Gaussian, as they are where it is narrow.

    Args:
        x: pictures, zero outside.
        sd: standard deviation of the Gaussian, pixels.
    """
    if sd < _SHARP:
        return x
    with torch.autocast(x.device.type, enabled=False):
        down, across = (_gaussian(side, sd, x.device) for side in x.shape[-2:])
        soft = down @ x.float() @ across
    return soft.where(soft >= _SEEN, 0.0)


def _gaussian(side: int, sd: float, device: torch.device) -> Tensor:
    """(S, S) weights of each pixel in each; the rows far from an edge sum to one."""
    pixel = torch.arange(side, device=device)
    distance = (pixel[:, None] - pixel) / sd
    weights = torch.exp(-0.5 * distance.square())
    return weights / weights.sum(1).max()
