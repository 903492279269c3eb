"""Text as editors write it: UTF-8, with or without byte-order marks, lines ended in any way."""

from __future__ import annotations

import codecs
from pathlib import Path

_OTHERS = {  # what a mark says of a text that is not UTF-8; the longer marks first
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def decoded(content: bytes) -> str:
    r"""A text without its byte-order marks, its lines ended by "\n".

    Raises:
        ValueError: it is not UTF-8; the message goes on after "cannot be read: ".
    """
    for mark, name in _OTHERS.items():
        if content.startswith(mark):
            raise ValueError(f"it is {name}, save it as UTF-8")
    if b"\0" in content:  # UTF-16 without its mark, or no text at all
        raise ValueError("it holds zero bytes, save it as text in UTF-8")
    try:
        text = unmarked(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(f"its line {line} is not UTF-8, save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unmarked(text: str) -> str:
    """A text without the marks before it: programs that put files together leave more than one."""
    return text.lstrip("\ufeff")


def lines_of(content: bytes) -> list[str]:
    """The lines of a text, without blank ones at its end.

    Raises:
        ValueError: as `decoded`.
    """
    return decoded(content).rstrip().split("\n")


def read_text(path: Path, most: int | None = None) -> str:
    """The text of a file.

    Args:
        path: of the file.
        most: bytes that it may have; None for any number.

    Raises:
        OSError: it cannot be read.
        ValueError: it is longer, or as `decoded`; the message goes on after "cannot be read: ".
    """
    with path.open("rb") as file:
        content = file.read(-1 if most is None else most + 1)
    if most is not None and len(content) > most:
        raise ValueError(f"it has more than {most:,} bytes")
    return decoded(content)
