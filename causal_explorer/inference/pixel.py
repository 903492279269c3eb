"""The counterfactual of a pixel x := 1[u < p], its noise u abducted in closed form."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional


def counterfactual_pixel(x: Tensor, logit: Tensor, logit_cf: Tensor) -> Tensor:
    """P(x' = 1 | x): whether the pixel is on when p becomes p' and u stays.

    u | x=1 ~ U(0, p) gives min(1, p'/p); u | x=0 ~ U(p, 1) gives max(0, (p' - p) / (1 - p)).
    Both say that a pixel keeps its value with probability min(1, p'(x) / p(x)), which in
    logarithms holds even where p rounds to 0 or 1.

    Args:
        x: 0 or 1.
        logit: of the factual p; shapes broadcast.
        logit_cf: of the counterfactual p'.
    """
    return change(x, log_likelihood(x, logit), log_likelihood(x, logit_cf))


def log_likelihood(x: Tensor, logit: Tensor) -> Tensor:
    """log p(x) of pixels."""
    return functional.logsigmoid((2 * x - 1) * logit)


def change(x: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """P(x' = 1 | x), by the log likelihoods of x before and after."""
    kept = (after - before).clamp(max=0).exp()
    return (1 - x) + (2 * x - 1) * kept  # kept where x = 1, 1 - kept where x = 0
