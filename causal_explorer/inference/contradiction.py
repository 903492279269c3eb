"""Whether a picture in colour shows what is told of it, and whether a model explains it.

Distances are roots of the mean square over pixels and channels, in [0, 1].
"""

from __future__ import annotations

import numpy as np

# Two pendulums one degree apart lie 0.021 to 0.030 from each other; a face with glasses and the
# same without lie 0.031 apart at least. A noise of 7 in 255 adds 0.027.
_TOLD = 0.03
# Half of 0.18, the median between two random units, pendulums and faces alike. The models
# reconstruct what they know to within 0.08; noise, black, white and what stands on its head lie
# 0.14 off at least.
_EXPLAINED = 0.09


def require_shown(image: np.ndarray, drawn: np.ndarray) -> None:
    """Refuses a picture that shows something else than its factors say.

    Args:
        image: (H, W, C) floats in [0, 1].
        drawn: (H, W, C) the renderer's picture of the factors.

    Raises:
        ValueError: how far apart they are.
    """
    distance = _distance(image, drawn)
    if not distance <= _TOLD:
        raise ValueError(
            f"image and factors contradict each other: the image lies {distance:.3f} from the "
            f"factors' picture (root mean square of a pixel), above {_TOLD}."
        )


def require_explained(image: np.ndarray, reconstruction: np.ndarray) -> None:
    """Refuses a picture that a model cannot explain.

    Args:
        image: (H, W, C) floats in [0, 1].
        reconstruction: (H, W, C) the model's picture of it.

    Raises:
        ValueError: how far apart they are.
    """
    distance = _distance(image, reconstruction)
    if not distance <= _EXPLAINED:
        raise ValueError(
            f"The model does not explain the image: its reconstruction lies {distance:.3f} from "
            f"it (root mean square of a pixel), above {_EXPLAINED}."
        )


def require_told(told: int, image: np.ndarray, reconstructions: np.ndarray) -> None:
    """Refuses a treatment where the model explains the picture better by another.

    Args:
        told: the treatment's class.
        image: (H, W, C) floats in [0, 1].
        reconstructions: (K, H, W, C) the model's pictures of it, by treatment.

    Raises:
        ValueError: how far off they are, or all of them.
    """
    distances = [_distance(image, one) for one in reconstructions]
    best = int(np.argmin(distances))
    require_explained(image, reconstructions[best])
    if best != told:
        raise ValueError(
            f"image and factors contradict each other: under another treatment the model's "
            f"picture lies {distances[best]:.3f} from the image, under the factors' "
            f"{distances[told]:.3f} (root mean square of a pixel)."
        )


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sqrt(np.square(one - other).mean()))
