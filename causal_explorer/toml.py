"""The one reader of TOML: a text is measured before it is parsed.

Parsing takes time and memory that grow faster than the length of a text where keys have many
parts or values nest deeply. A story or a config needs neither, so both are bounded here, for
texts from an address, an upload, a file or a command line alike.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from causal_explorer.text import read_text, unmarked
from causal_explorer.wording import first_line

STORY = 16_384  # bytes; the shipped stories have under 1,000
CONFIG = 65_536  # bytes; the shipped configs have under 5,000
_PARTS = 8  # of a key: effects.shape.values has 3
_DEPTH = 16  # of lists and tables within one another: a table has an axis a parent
_QUOTED = re.compile(  # strings and comments, one that does not end as far as the text goes
    r'"""(?:[^\\]|\\.?)*?(?:"{3,5}|\Z)|'
    r"'''.*?(?:'{3,5}|\Z)|"
    r'"(?:[^"\\\n]|\\[^\n])*"?|'
    r"'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)


def loads(content: str, most: int = STORY) -> dict[str, Any]:
    """What a text in TOML says.

    Args:
        content: the text.
        most: bytes that it may have.

    Raises:
        ValueError: it is too long, or asks for more than a key or a list here takes, or is not
            TOML; the message goes on after "cannot be read: ".
    """
    size = len(content.encode(errors="replace"))
    if size > most:
        raise ValueError(f"it has {size:,} bytes, of {most:,} at most")
    _measure(content)
    try:
        return tomllib.loads(unmarked(content))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not TOML: {first_line(error)}") from error


def load(path: Path, most: int = STORY) -> dict[str, Any]:
    """What a file in TOML says.

    Raises:
        OSError: it cannot be read.
        ValueError: as `loads`, or it is not text in UTF-8.
    """
    return loads(read_text(path, most), most)


def _measure(content: str) -> None:
    """Refuses a key of many parts, and values nested deeply, without parsing them."""
    bare = _QUOTED.sub(lambda found: "" if found[0].startswith("#") else "_", content)
    bare = bare.translate({ord(" "): None, ord("\t"): None})
    parts = max(word.count(".") + 1 for word in re.split(r"[\n=,\[\]{}]", bare))
    if parts > _PARTS:
        raise ValueError(f"it has a key of {parts:,} parts, of {_PARTS} at most")
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", bare):
        depth += 1 if bracket in "[{" else -1
        if depth > _DEPTH:
            raise ValueError(f"it has more than {_DEPTH} lists or tables within one another")
