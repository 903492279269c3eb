"""Composition: a null intervention should leave the image as it is.

Source: Monteiro et al. 2023 (arXiv:2303.01274), definition of composition. Keeping the noise of
the pixels makes it zero for any model, however useless: read it along the decoder-mean path too,
which says nothing either of a model whose z is idle: that paints from the labels alone.
"""

from __future__ import annotations

from torch import Tensor

from causal_explorer.metrics.paths import Counterfactual, function_of, require_rounds
from causal_explorer.models.mechanism import ImageMechanism


def composition(f: Counterfactual | ImageMechanism, x: Tensor, v: Tensor, times: int = 1) -> float:
    """d(x, f∅ᵐ(x)), f∅(x) = f(x, pa, pa): mean absolute difference a pixel.

    Args:
        f: the counterfactual function; of an image mechanism, its decoder-mean path.
        x: (N, 64, 64) pictures of 0 and 1.
        v: (N, V) int64 their classes, pa.
        times: m, null interventions one after the other.

    Raises:
        ValueError: no picture, fewer than one round, or not the classes of each picture.
    """
    x, v = require_rounds(x, times, v)
    step = function_of(f)
    seen = x
    for _ in range(times):
        seen = step(seen, v, v)
    return float((seen - x.to(seen.dtype)).abs().mean())
