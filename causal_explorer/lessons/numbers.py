"""Numbers of a lesson: what is computed of laws and answers, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from causal_explorer.inference.answer import Answer
from causal_explorer.sharing.panel import iou_text, l1_text

Law = dict[str, np.ndarray]  # of each factor: (K,) probabilities
_TIED = "\u00a0"  # a space at which no line breaks
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def mean(law: np.ndarray) -> float:
    """E[v] = Σ_k k p(k), in classes."""
    return float(law @ np.arange(len(law)))


def furthest(one: Law, other: Law) -> tuple[str, float]:
    """The factor about which two laws differ most, by ½ Σ |p − p′|: the total variation."""
    apart = {name: float(np.abs(one[name] - other[name]).sum() / 2) for name in one}
    name = max(apart, key=apart.__getitem__)
    return name, apart[name]


def largest_gap(one: Law, other: Law) -> float:
    """max |p − p′| over all classes of all factors."""
    return max(float(np.abs(one[name] - other[name]).max()) for name in one)


def score(answer: Answer) -> str:
    """How well an answer agrees with its truth: "L1 0.02041 a pixel, IoU 0.314"."""
    l1, iou = l1_text(answer).replace(" ", _TIED), iou_text(answer)
    return f"L1{_TIED}{l1} a pixel, IoU{_TIED}{iou}"


def percent(share: float) -> str:
    """In whole per cent; a share that is not all or nothing never reads so."""
    if 0 < share < 0.005 or 0.995 < share < 1:
        return f"under 1{_TIED}%" if share < 0.5 else f"over 99{_TIED}%"
    return f"{100 * share:.0f}{_TIED}%"


def signed(value: float) -> str:
    """With one decimal and its sign."""
    return f"{value:+.1f}".replace("-", "−")


def small(value: float) -> str:
    """A number near 0, 0 or above: "0", "0.012" or "2 × 10⁻¹⁶"."""
    if value == 0 or value >= 0.001:
        return f"{value:.2g}"
    digit, power = f"{value:.0e}".split("e")
    return f"{digit}{_TIED}×{_TIED}10{str(int(power)).translate(_SUPERSCRIPT)}"


def listed(parts: Sequence[str]) -> str:
    """Parts as they are read aloud: "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
