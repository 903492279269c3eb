"""JSON as anybody may have written it: small, flat and of numbers that there are, or refused.

Python's own reader takes NaN and infinity, which JSON does not have, turns 1e999 into infinity, and
follows whatever is nested.
"""

from __future__ import annotations

import json
import math
from typing import Any

from causal_explorer.text import decoded, unmarked
from causal_explorer.wording import brief, first_line

_MOST = 1e300  # of a number: beyond, sums and squares end in infinity


def parse(data: bytes | str, name: str) -> Any:
    """What a JSON text holds.

    Args:
        data: UTF-8.
        name: of the file, for the sentence.

    Raises:
        ValueError: no JSON, nested too deeply, or a number that is none or too large.
    """
    try:
        text = decoded(data) if isinstance(data, bytes) else unmarked(data)
        return json.loads(text, parse_float=_real, parse_int=_whole, parse_constant=_real)
    except RecursionError as error:
        raise ValueError(
            f"{name} is not JSON that can be read: it is nested too deeply."
        ) from error
    except ValueError as error:
        raise ValueError(f"{name} is not JSON: {first_line(error)}.") from error


def parse_object(data: bytes | str, name: str) -> dict[str, Any]:
    """What a JSON text holds, if that is an object.

    Raises:
        ValueError: as `parse`; or it holds something else.
    """
    found = parse(data, name)
    if not isinstance(found, dict):
        raise ValueError(f"{name} holds no JSON object.")
    return found


def plain(value: Any) -> Any:
    """Plain data as JSON holds it: None where there is no number."""
    if isinstance(value, dict):
        return {name: plain(own) for name, own in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(own) for own in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _real(text: str) -> float:
    number = float(text)
    if not abs(number) <= _MOST:
        raise ValueError(f"{brief(text)} is no number that it can hold")
    return number


def _whole(text: str) -> int:
    _real(text)  # before anybody reads a million digits
    return int(text)
