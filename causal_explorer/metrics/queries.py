"""Random questions about held-out sprites, every target forced to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from causal_explorer.data import dsprites
from causal_explorer.inference.arguments import parse_count, parse_factor
from causal_explorer.metrics.codes import as_array
from causal_explorer.scm.variables import Variable

_MOST = 1_000_000  # queries


@dataclass(frozen=True)
class Query:
    """A sprite and its do-targets, by name and class; a style may be told beside the factors."""

    factors: dict[str, int]
    do: dict[str, int]


def random_queries(
    rows: ArrayLike, count: int, seed: int = 0, targets: tuple[str, ...] | None = None
) -> list[Query]:
    """Draws sprites and do-targets.

    A target's value is never the factual one, so that doing nothing is not rewarded.

    Args:
        rows: of dSprites to draw sprites from, for example the test split.
        count: how many queries.
        seed: of the draws.
        targets: names of the targets of every query; left out, one to three at random.

    Raises:
        ValueError: no rows of dSprites to draw from, fewer than no queries, or an unknown target.
    """
    parse_count(count, "count", 0, _MOST)
    rows = as_array(rows, "rows takes (N,) whole numbers")
    if not rows.size:
        raise ValueError("rows is empty: there is no sprite to ask about.")
    if (
        rows.ndim != 1
        or rows.dtype.kind not in "iu"
        or not 0 <= rows.min() <= rows.max() < dsprites.COUNT
    ):
        raise ValueError(f"rows takes (N,) rows of dSprites, 0 to {dsprites.COUNT - 1:,}.")
    rng = np.random.default_rng(seed)
    table = dsprites.classes_of(rng.choice(rows, count))
    return queries_about(table, dsprites.FACTORS, rng, targets)


def queries_about(
    units: np.ndarray,
    columns: Sequence[Variable],
    rng: np.random.Generator,
    targets: tuple[str, ...] | None = None,
) -> list[Query]:
    """Draws do-targets for given units.

    Args:
        units: (N, V + H) int64, the five factors first.
        columns: of the units.
        rng: of the draws.
        targets: as of `random_queries`.

    Raises:
        ValueError: an unknown target.
    """
    for name in targets or ():
        parse_factor(name, dsprites.FACTORS)
    names, queries = [factor.name for factor in dsprites.FACTORS], []
    for row in units.tolist():
        factual = {v.name: value for v, value in zip(columns, row, strict=True)}
        chosen = targets or tuple(rng.choice(names, rng.integers(1, 4), replace=False).tolist())
        queries.append(Query(factual, {name: _other(name, factual[name], rng) for name in chosen}))
    return queries


def _other(name: str, factual: int, rng: np.random.Generator) -> int:
    """A class that draws another picture than the factual one."""
    classes = next(factor.classes for factor in dsprites.FACTORS if factor.name == name)
    twins = {0, 39} if name == "orientation" and factual in (0, 39) else {factual}
    return int(rng.choice([k for k in range(classes) if k not in twins]))
