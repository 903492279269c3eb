"""Words for what a user gave, fit for one sentence."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable
from itertools import islice

_LONGEST = 80
_NAME = 40  # letters of a name among others
_MOST = 12  # names in a row
_NEAR = 0.7  # share of letters in common from which a name may have been meant


def brief(value: object) -> str:
    """A value as Python writes it, on one line and short, whatever it is."""
    try:
        text = reprlib.repr(value)
    except Exception:  # an object whose repr fails, or an integer too long to write
        text = f"<{type(value).__name__}>"
    return shortened(text, _LONGEST)


def shortened(text: str, most: int = _NAME) -> str:
    """Words on one line and at most so many letters, the last an ellipsis where some are cut."""
    text = " ".join(text[: 2 * most].split()) + "…" * (len(text) > 2 * most)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def listed(names: Iterable[object], none: str = "none", last: str = ", ") -> str:
    """Names in a row, each short and not too many: "a, b, c" or "a, b, … and 30 more".

    Args:
        names: of whatever length and number.
        none: what is said where there are none.
        last: what stands before the last one, for example " and ".
    """
    found = list(names)
    shown = [n if isinstance(n, str) else brief(n) for n in islice(found, _MOST)]
    shown = [shortened(name) for name in shown]
    if len(found) > _MOST:
        return f"{', '.join(shown)} … and {len(found) - _MOST:,} more"
    return last.join([*([", ".join(shown[:-1])] if shown[1:] else []), *shown[-1:]]) or none


def nearest(name: str, known: Iterable[str]) -> str:
    """How a sentence that refuses a name goes on: "; the nearest is train.steps".

    A known name of several parts is met by its last part as well. Empty where none is near.
    """
    meant = {part: word for word in known for part in (word, word.rpartition(".")[2])}
    found = difflib.get_close_matches(name[:_LONGEST].lower(), meant, 1, _NEAR)
    return f"; the nearest is {meant[found[0]]}" if found else ""


def reason(error: BaseException) -> str:
    """Why something failed: what the system says, or else the first line of the message."""
    return getattr(error, "strerror", None) or first_line(error)


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its kind where it has none."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
