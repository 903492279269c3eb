"""What a peak may say of a variable: a setting that nothing reads is refused, not passed over."""

from __future__ import annotations

from collections.abc import Sequence

from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.variables import Kind, Variable
from causal_explorer.wording import brief, listed

_READS: dict[Kind, tuple[str, ...]] = {
    "ordinal": ("centre", "spread"),
    "circular": ("centre", "concentration"),
    "nominal": ("weights",),
}
_WIDTH: dict[Kind, str] = {"ordinal": "spread", "circular": "concentration"}


def check_peak(variable: Variable, peak: Peak, causes: Sequence[Variable]) -> None:
    """Refuses a peak that makes no table, or that says what no table follows from.

    Args:
        variable: that the peak is of.
        peak: as it is written.
        causes: the variables named in its effects, in that order.

    Raises:
        ValueError: what is wrong, and what is taken.
    """
    for cause in causes:
        _check_effect(peak.effects[cause.name], cause)
    if peak.weights and (len(peak.weights) != variable.classes or min(peak.weights) <= 0):
        raise ValueError(
            f"weights is {brief(list(peak.weights))}: it takes {variable.classes} positive numbers"
        )
    if peak.spread is not None and peak.spread < 0.1:
        raise ValueError(f"spread is {peak.spread:g}: it takes a number from 0.1")
    if isinstance(peak.concentration, tuple) and (
        len(causes) != 1 or len(peak.concentration) != causes[0].classes
    ):
        raise ValueError(
            f"concentration has {len(peak.concentration)} numbers, with "
            f"{listed(peak.effects, 'no cause')}: concentration takes a number, or one for each "
            "class of the only cause"
        )
    _check_read(variable, peak)


def _check_effect(effect: Effect, cause: Variable) -> None:
    """Refuses numbers that the kind of the cause has no use for."""
    name = f"effects.{cause.name}"
    waves = [key for key in ("sine", "cosine") if getattr(effect, key)]
    others = ["slope"] * bool(effect.slope) + waves
    if effect.values and len(effect.values) != cause.classes:
        raise ValueError(
            f"{name}.values has {len(effect.values)} numbers: it takes {cause.classes}"
        )
    if effect.values and others:
        raise ValueError(f"{name} has values and {others[0]}: it takes one of them")
    if waves and cause.kind != "circular":
        raise ValueError(f"{name}.{waves[0]} is of an angle, and {cause.name} is {cause.kind}")


def _check_read(variable: Variable, peak: Peak) -> None:
    """Refuses settings that the kind of the variable does not read, and effects on a flat row."""
    said = {key for key in vars(Peak()) if getattr(peak, key) != getattr(Peak(), key)}
    reads = _READS[variable.kind]
    for key in sorted(said - {"effects", *reads}):
        raise ValueError(
            f"{key} says nothing of {variable.name}, which is {variable.kind}: "
            f"it reads {' and '.join(reads)}"
        )
    width = _WIDTH.get(variable.kind)
    if width is None or width in said:
        return
    if peak.effects:
        raise ValueError(f"its effects move nothing, since the row is flat: give it a {width}")
    if variable.kind == "ordinal" and "centre" in said:
        raise ValueError(f"its centre moves nothing, since the row is flat: give it a {width}")
