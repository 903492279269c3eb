"""Words for what a user gave, fit for one sentence."""

from __future__ import annotations

import reprlib

_LONGEST = 80


def brief(value: object) -> str:
    """A value as Python writes it, on one line and short, whatever it is."""
    try:
        text = reprlib.repr(value)
    except Exception:  # an object whose repr fails, or an integer too long to write
        text = f"<{type(value).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its kind where it has none."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
