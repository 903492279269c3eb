"""Sizes of networks, checked before anything is allocated."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from causal_explorer.wording import brief

_LARGEST = 8_192  # larger is a mistake, not a network


def check_sizes(config: Any, **most: int) -> None:
    """Checks that every size of a config is a whole number from 1.

    A field whose default is a tuple takes a list of such numbers; one whose default is a switch
    or a fraction is no size.

    Args:
        config: a dataclass of sizes.
        most: the largest value of a field, where that is not 8,192.

    Raises:
        ValueError: a field is not.
    """
    for setting in fields(config):
        if isinstance(setting.default, (bool, float)):
            continue
        value, largest = getattr(config, setting.name), most.get(setting.name, _LARGEST)
        several = isinstance(setting.default, tuple)
        if several and (not isinstance(value, (list, tuple)) or not value):
            raise ValueError(f"{setting.name} is {brief(value)}: it takes a list of numbers.")
        sizes: list[Any] = list(value) if several else [value]
        for size in sizes:
            whole = isinstance(size, int) and not isinstance(size, bool)
            if not whole or not 1 <= size <= largest:
                raise ValueError(
                    f"{setting.name} is {brief(value)}: it takes "
                    f"{'whole numbers' if several else 'a whole number'} from 1 to {largest:,}."
                )
