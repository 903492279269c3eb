"""Settings of networks, checked before anything is allocated."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from causal_explorer.wording import brief

_LARGEST = 8_192  # larger is a mistake, not a network
_LONGEST = 64  # sizes in a list
_HEAVIEST = 1_000


def check_sizes(config: Any, names: Collection[str] = (), **most: int) -> None:
    """Checks that every size of a config is a whole number from 1.

    A field whose default is a tuple takes a list of such numbers; one whose default is a switch
    or a fraction is no size.

    Args:
        config: a dataclass of sizes.
        names: its sizes; all of its fields if empty.
        most: the largest value of a field, where that is not 8,192.

    Raises:
        ValueError: a field is not.
    """
    for setting in fields(config):
        if isinstance(setting.default, (bool, float)) or (names and setting.name not in names):
            continue
        value, largest = getattr(config, setting.name), most.get(setting.name, _LARGEST)
        several = isinstance(setting.default, tuple)
        if several and (not isinstance(value, (list, tuple)) or not 1 <= len(value) <= _LONGEST):
            raise ValueError(
                f"{setting.name} is {brief(value)}: it takes a list of numbers, at most {_LONGEST}."
            )
        sizes: list[Any] = list(value) if several else [value]
        for size in sizes:
            whole = isinstance(size, int) and not isinstance(size, bool)
            if not whole or not 1 <= size <= largest:
                raise ValueError(
                    f"{setting.name} is {brief(value)}: it takes "
                    f"{'whole numbers' if several else 'a whole number'} from 1 to {largest:,}."
                )


def check_weights(config: Any, *names: str) -> None:
    """Checks that weights of a loss are numbers above 0, up to 1,000.

    Raises:
        ValueError: one is not.
    """
    for name in names:
        value = getattr(config, name)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 < value <= _HEAVIEST:
            raise ValueError(
                f"{name} is {brief(value)}: it takes a number above 0, up to {_HEAVIEST:,}."
            )


def check_switches(config: Any, *names: str) -> None:
    """Checks that settings are true or false.

    Raises:
        ValueError: one is not.
    """
    for name in names:
        if not isinstance(getattr(config, name), bool):
            raise ValueError(f"{name} is {brief(getattr(config, name))}: it takes true or false.")
