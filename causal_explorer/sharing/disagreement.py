"""What neither seeing nor doing decides: how far the answers of the two couplings lie apart."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from causal_explorer.inference.agreement import total_variation
from causal_explorer.inference.explorer import Explorer
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.law import TooLargeError
from causal_explorer.sharing.question import Question

_KEPT = 1e-4  # of the likeliest explanation: those with less are left out
Law = dict[str, np.ndarray]  # of each factor: (K,) probabilities
Explained = list[tuple[float, dict[str, int]]]  # explanations of the evidence with their shares


def disagreement(question: Question, explorer: Explorer) -> dict[str, float] | None:
    """Total variation distance of each factor's exact law between the two couplings.

    Of an image the laws are mixed over its explanations.

    Args:
        question: with at least one target.
        explorer: of its checkpoint and story.

    Returns:
        By factor, 0 to 1; None where the laws are too large to be enumerated.

    Raises:
        ValueError: in one sentence, what was asked and what is allowed.
    """
    explained = _explained(question, explorer)
    do = dict(question.do)
    try:
        one, other = (
            _mixed((share, explorer.law(known, do, coupling)) for share, known in explained)
            for coupling in COUPLINGS
        )
    except TooLargeError:
        return None
    return {name: total_variation(one[name], other[name]) for name in one}


def _explained(question: Question, explorer: Explorer) -> Explained:
    """What the evidence may be."""
    if not question.pictured:
        return [(1.0, dict(question.factors))]
    found = question.ask(explorer).posterior
    names = [variable.name for variable in found.variables]
    kept = found.probabilities > _KEPT * found.probabilities.max()
    shares = found.probabilities[kept] / found.probabilities[kept].sum()
    rows = [dict(zip(names, row, strict=True)) for row in found.classes[kept].tolist()]
    return list(zip(shares.tolist(), rows, strict=True))


def _mixed(laws: Iterable[tuple[float, Law]]) -> Law:
    each = list(laws)
    return {name: np.sum([share * law[name] for share, law in each], axis=0) for name in each[0][1]}
