"""What a table may hold: numbers, in the shape that its variables give it."""

from __future__ import annotations

from collections.abc import Sequence

from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief, listed


def check_table(table: object, axes: Sequence[Variable], under: tuple[str, ...] = ()) -> None:
    """Refuses a table that is no list of lists of numbers, an axis a parent and the variable's own.

    Args:
        table: as it is written.
        axes: the parents in their order, then the variable.
        under: of what part of the table, by its classes.

    Raises:
        ValueError: where it is not, and what is taken.
    """
    axis, where = axes[0], f"table under {listed(under)}" if under else "table"
    if not isinstance(table, (list, tuple)) or len(table) != axis.classes:
        has = f"has {len(table)} entries" if isinstance(table, list) else f"is {brief(table)}"
        shape = " × ".join(f"{other.classes} ({other.name})" for other in axes)
        raise ValueError(f"{where} {has}: its shape is {shape}, one for each class")
    for k, part in enumerate(table):
        if axes[1:]:
            check_table(part, axes[1:], (*under, f"{axis.name} = {axis.label(k)}"))
        elif not isinstance(part, (int, float)) or isinstance(part, bool):
            raise ValueError(f"{where} holds {brief(part)}: it takes numbers")
        elif abs(part) > 1:
            raise ValueError(f"{where} holds {brief(part)}, too large for a probability")
