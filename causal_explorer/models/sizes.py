"""Sizes of networks, checked before anything is allocated."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from causal_explorer.wording import brief

_LARGEST = 8_192  # larger is a mistake, not a network


def check_sizes(config: Any, **most: int) -> None:
    """Checks that every field of a config is a whole number from 1, or a list of them.

    Args:
        config: a dataclass of sizes.
        most: the largest value of a field, where that is not 8,192.

    Raises:
        ValueError: a field is not.
    """
    for name, value in asdict(config).items():
        largest = most.get(name, _LARGEST)
        for size in value if isinstance(value, (list, tuple)) else [value]:
            whole = isinstance(size, int) and not isinstance(size, bool)
            if not whole or not 1 <= size <= largest:
                raise ValueError(
                    f"{name} is {brief(value)}: it takes a whole number from 1 to {largest:,}."
                )
