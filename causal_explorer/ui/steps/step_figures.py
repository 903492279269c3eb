"""The four steps in pictures: what is known, the pixels' noise, and what came out."""

from __future__ import annotations

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.agreement import l1
from causal_explorer.inference.steps import Pixels, Steps
from causal_explorer.sharing.panel import Figure
from causal_explorer.sharing.words import truth_under
from causal_explorer.ui.colours import cividis, diverging


def evidence(answer: CounterfactualAnswer, found: Steps, draw: int | None) -> list[Figure]:
    """What is seen, and what the model expects of its factors."""
    pixels = found.pixels
    seen = Figure("Image x", "what is seen", "The image that is asked about", answer.original)
    if pixels.x is None:
        words = "average of all that it may be"
        seen = Figure("What is known", words, f"Evidence: {words}", answer.original)
    expects = answer.reconstruction if draw is None else pixels.p[draw]
    return [
        seen,
        Figure(
            "p(x = 1 | v, z)",
            "what the model expects, averaged" if draw is None else "expected in this draw",
            "Probability of each pixel by the model",
            expects,
        ),
    ]


def expected(pixels: Pixels, draw: int | None) -> np.ndarray:
    """(64, 64) E[u | x]: the middle of each pixel's interval, in one draw or on average."""
    low, high = pixels.interval
    middle = (low + high) / 2
    return middle.mean(0) if draw is None else middle[draw]


def noise_maps(answer: CounterfactualAnswer, pixels: Pixels, draw: int | None) -> list[Figure]:
    """Image, its probability, and the mean noise of each pixel before and after abduction."""
    p = pixels.p.mean(0) if draw is None else pixels.p[draw]
    after = expected(pixels, draw)
    half = cividis(np.full_like(after, 0.5))
    most = _most(after - 0.5)
    return [
        Figure("Image x", "what is seen", "The image", answer.original),
        Figure("p(x = 1 | v, z)", "what the model expects", "Probability of each pixel", p),
        Figure("E[u] before", "1/2 everywhere", "Mean noise before abduction: 1/2", half),
        Figure(
            "E[u | x] after",
            f"at most {most} from 1/2",
            f"Mean noise of each pixel after abduction, at most {most} from 1/2",
            cividis(after),
        ),
    ]


def outcome(
    answer: CounterfactualAnswer, pixels: Pixels, draw: int | None, coupling: str
) -> list[Figure]:
    """Counterfactual and truth, and the differences to the original and to the truth."""
    before, after, truth = pictures(answer, pixels, draw)
    one = draw is not None
    where = f"of draw {draw + 1}" if draw is not None else "averaged over all draws"
    moved = after - before
    shown = [
        Figure(
            "Counterfactual",
            "P(x′ = 1 | x, v, v′, z) of the draw" if one else "averaged over all draws",
            f"Counterfactual density {where}",
            after,
            "draw_density" if one else "",
        ),
        Figure(
            "Counterfactual − original",
            f"changed by at most {_most(moved)}",
            f"Counterfactual minus original, {where}",
            diverging(moved),
            "draw_change" if one else "",
        ),
    ]
    if np.isnan(truth).any():  # of a photo none is known
        return shown
    wrong = after - truth
    true = [
        Figure(
            truth_under(coupling),
            "rendered for the draw" if one else "rendered for the same draws, averaged",
            f"{truth_under(coupling)}, {where}",
            truth,
            "draw_truth" if one else "",
        ),
        Figure(
            "Counterfactual − truth",
            f"wrong by at most {_most(wrong)}",
            f"Counterfactual minus truth, {where}, on average {l1(after, truth):.5f}",
            diverging(wrong),
            "draw_error" if one else "",
        ),
    ]
    return [shown[0], true[0], shown[1], true[1]]


def pictures(
    answer: CounterfactualAnswer, pixels: Pixels, draw: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(64, 64) before, after and the truth, of one draw or on average."""
    if draw is None:
        return answer.original, answer.density, answer.truth
    before = pixels.p[draw] if pixels.x is None else pixels.x
    return before, pixels.density[draw], pixels.truth[draw].astype(np.float64)


def _most(change: np.ndarray) -> str:
    """The largest |change|, rounded up: a tiny one never reads as none."""
    return f"{np.ceil(1000 * np.abs(change).max()) / 1000:.3f}"
