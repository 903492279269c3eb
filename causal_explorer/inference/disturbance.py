"""What disturbs a picture: one law for a sprite that is noisy, cut or cluttered, and for no sprite.

    p(x | r) = Π_c B(n_c1 + ½, n_c0 + ½) / B(½, ½)      e = x ⊕ r

e says which pixels differ from an undisturbed picture r. Read row by row, each pixel of e has a
context c: its four neighbours that were read before, and whether it lies in r. The
rate in each context is unknown with Jeffreys' prior, so that its n_c1 differing and n_c0 equal
pixels have a closed form (Krichevsky and Trofimov 1981, equation 2; contexts as in JBIG, ITU-T
T.82). Stray pixels, a missing piece and a second figure are then each as improbable as they are
irregular. With r dark, the same law speaks of a picture of something else.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, expit, logsumexp

_EARLIER = ((0, -1), (-1, -1), (-1, 0), (-1, 1))  # rows and columns of the neighbours read before
_CONTEXTS = 2 ** (len(_EARLIER) + 1)


def log_disturbance(x: np.ndarray, pictures: np.ndarray) -> np.ndarray:
    """(N,) log p(x | r) in nats, of an (H, W) picture given (N, H, W) others, 0 and 1."""
    number, height, width = pictures.shape
    differs = (x[None] != pictures).astype(np.int64)
    framed = np.pad(differs, ((0, 0), (1, 0), (1, 1)))
    context = pictures.astype(np.int64) << len(_EARLIER)
    for bit, (row, column) in enumerate(_EARLIER):
        neighbour = framed[:, 1 + row : 1 + row + height, 1 + column : 1 + column + width]
        context = context + (neighbour << bit)
    owner = np.arange(number)[:, None, None]
    kind = ((owner * _CONTEXTS + context) * 2 + differs).ravel()
    counts = np.bincount(kind, minlength=2 * number * _CONTEXTS).reshape(number, _CONTEXTS, 2)
    return (betaln(counts[..., 0] + 0.5, counts[..., 1] + 0.5) - betaln(0.5, 0.5)).sum(1)


def none_of_these(x: np.ndarray, pictures: np.ndarray, count: int) -> float:
    """The probability that a picture shows none of `count` figures, against one of these.

    None and any have even odds beforehand, and each figure as much of them as the next: how a
    story weighs its factors says nothing of whether a picture is of its world. Figures that are
    not among the given ones could only lower it.

    Args:
        x: (H, W) of 0 and 1.
        pictures: (N, H, W) of those figures that come nearest.
        count: of all figures.
    """
    dark = np.zeros_like(pictures[:1])
    any_of_these = logsumexp(log_disturbance(x, pictures)) - np.log(count)
    return float(expit(log_disturbance(x, dark)[0] - any_of_these))
