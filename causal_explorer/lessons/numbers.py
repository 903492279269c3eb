"""Numbers of a lesson: what is computed of laws and answers, and how it is written."""

from __future__ import annotations

import numpy as np

from causal_explorer.inference.agreement import total_variation
from causal_explorer.inference.answer import Answer
from causal_explorer.sharing.panel import iou_text, l1_text

Law = dict[str, np.ndarray]  # of each factor: (K,) probabilities
_TIED = "\u00a0"  # a space at which no line breaks


def mean(law: np.ndarray) -> float:
    """E[v] = Σ_k k p(k), in classes."""
    return float(law @ np.arange(len(law)))


def furthest(one: Law, other: Law) -> tuple[str, float]:
    """The factor about which two laws differ most, by total variation."""
    apart = {name: total_variation(one[name], other[name]) for name in one}
    name = max(apart, key=apart.__getitem__)
    return name, apart[name]


def largest_gap(one: Law, other: Law) -> float:
    """max |p − p′| over all classes of all factors."""
    return max(float(np.abs(one[name] - other[name]).max()) for name in one)


def score(answer: Answer) -> str:
    """How well an answer agrees with its truth: "L1 0.02041 a pixel, IoU 0.314"."""
    l1, iou = l1_text(answer.l1).replace(" ", _TIED), iou_text(answer.iou)
    return f"L1{_TIED}{l1} a pixel, IoU{_TIED}{iou}"


def signed(value: float) -> str:
    """With one decimal and its sign."""
    return f"{value:+.1f}".replace("-", "−")
