"""Reversibility: there and back again should leave the image as it is.

Source: Monteiro et al. 2023 (arXiv:2303.01274), definition of reversibility. A model that does
nothing whatever it is asked is perfectly reversible: read it beside effectiveness. So is one whose
z is idle along the decoder-mean path, as it paints from the labels alone.
"""

from __future__ import annotations

from torch import Tensor

from causal_explorer.metrics.paths import Counterfactual, function_of, require_rounds
from causal_explorer.models.mechanism import ImageMechanism


def reversibility(
    f: Counterfactual | ImageMechanism, x: Tensor, v: Tensor, v_cf: Tensor, times: int = 1
) -> float:
    """d(x, pᵐ(x)), p(x) = f(f(x, pa, pa*), pa*, pa): mean absolute difference a pixel.

    Both ways all factors are set, so that p is well defined in any story: nothing is left to a
    mechanism that would draw noise on the way there and other noise on the way back.

    Args:
        f: the counterfactual function; of an image mechanism, its decoder-mean path.
        x: (N, 64, 64) pictures of 0 and 1.
        v: (N, V) int64 their classes, pa.
        v_cf: (N, V) int64 the classes to go to, pa*: what do() made of pa in one draw.
        times: m, round trips one after the other.

    Raises:
        ValueError: no picture, fewer than one round, or not the classes of each picture.
    """
    x, v, v_cf = require_rounds(x, times, v, v_cf)
    step = function_of(f)
    seen = x
    for _ in range(times):
        seen = step(step(seen, v, v_cf), v_cf, v)
    return float((seen - x.to(seen.dtype)).abs().mean())
