"""Sizes of networks, checked before anything is allocated."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from causal_explorer.wording import brief

_LARGEST = 8_192  # larger is a mistake, not a network


def check_sizes(config: Any, **most: int) -> None:
    """Checks that every field of a config is a whole number from 1.

    Args:
        config: a dataclass of sizes.
        most: the largest value of a field, where that is not 8,192.

    Raises:
        ValueError: a field is not.
    """
    for name, value in asdict(config).items():
        largest = most.get(name, _LARGEST)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not 1 <= value <= largest:
            raise ValueError(
                f"{name} is {brief(value)}: it takes a whole number from 1 to {largest:,}."
            )
