"""Words that a user brought, shown as the words that they are, wherever they stand."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

LONGEST = 500  # letters; a summary or a sentence has fewer
MANY = 3_000  # of a paragraph of our own that quotes a user
_JOINER = "\u2060"  # takes no room, and keeps what it parts from being read as one
_SPECIAL = re.compile(r"[\\`*\[\]<>~$&]|:(?=\S)|(?<![^\W_])_|_(?![^\W_])")
_LEADING = re.compile(r"^(\d*)(?=[-+.)]\s|#)")  # lists and headings begin so
# Links, addresses and icons are found once the backslashes are gone, so letters are parted too.
_FOUND_LATER = re.compile(r"(?<=:)(?=\S)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_TEX = {character: rf"\{character}" for character in "{}$&#%_"}
_TEX |= {"\\": r"\textbackslash ", "^": r"\textasciicircum ", "~": r"\textasciitilde "}


def as_text(text: object, place: str = "markdown", longest: int = LONGEST) -> str:
    r"""Any text as it is, on one line: no link, no picture, no format, no formula, no icon.

    Args:
        text: names, summaries and file names; and messages that quote them.
        place: that reads it: "markdown" as Streamlit does, in labels and tooltips too; "html";
            "plotly", in titles, names and hover texts; "dot", within quotes; "tex", within
            \text{}.
        longest: letters; what is longer is cut.
    """
    cut = str(text)[: longest + 1]
    line = re.sub(" +", " ", "".join(map(_visible, cut))).strip(" ")
    return _WRITTEN[place](line if len(line) <= longest else f"{line[: longest - 1]}…")


def escape(text: object) -> str:
    """The same in HTML."""
    return as_text(text, "html")


def _visible(character: str) -> str:
    """Nothing that breaks the line, turns the direction of writing, or is no character."""
    kind = unicodedata.category(character)
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    turns = unicodedata.bidirectional(character) in _TURNS
    return "" if turns or kind == "Cs" else character


def _markdown(line: str) -> str:
    escaped = _LEADING.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", line))
    return _FOUND_LATER.sub(_JOINER, escaped)


def _plotly(line: str) -> str:
    """Plotly reads some tags and entities, and %{…} in hover texts."""
    return html.escape(line).replace("{", "&#123;")


def _dot(line: str) -> str:
    """Graphviz reads entities, and escapes of its own."""
    return html.escape(line, quote=False).replace("\\", "\\\\").replace('"', '\\"')


def _tex(line: str) -> str:
    return line.translate(str.maketrans(_TEX))


_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_WRITTEN: dict[str, Callable[[str], str]] = {
    "markdown": _markdown,
    "html": html.escape,
    "plotly": _plotly,
    "dot": _dot,
    "tex": _tex,
}
