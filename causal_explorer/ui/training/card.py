"""A run's card as it was written: its rows as a table, all else as text."""

from __future__ import annotations

import re

from causal_explorer.ui.as_text import escape
from causal_explorer.ui.checks.measures import table_html
from causal_explorer.ui.training.runs import DIRTY

_MOST = 100  # lines; a card that `train` writes has about 25
_WIDE = "40rem"
_BAR = re.compile(r"(?<!\\)\|")  # between two cells


def card_html(card: str) -> str:
    """Of a card in Markdown, whoever wrote it: nothing in it is a link, a picture or a format."""
    lines = [line.strip() for line in card.splitlines()[:_MOST]]
    if lines and lines[0].startswith("# "):  # the run's name, which stands above
        lines = lines[1:]
    rows, words = [], {True: [], False: []}  # what stands before the table, and after it
    for line in lines:
        if line.startswith("|"):
            rows += _row(line)
        else:
            words[not rows].append(line)
    before, after = (_paragraph(" ".join(words[first])) for first in (True, False))
    table = table_html(("what", "of this run"), rows, _WIDE) if rows else ""
    return f"{before}{table}{after}"


def _row(line: str) -> list[tuple[str, str]]:
    """A row of a table with two columns; none of its head."""
    name, *rest = (cell.replace("\\|", "|").strip() for cell in _BAR.split(line.strip("|")))
    if not name.strip("- "):
        return []
    return [(name, " ".join(rest).replace(*DIRTY))]


def _paragraph(text: str) -> str:
    plain = escape(text.replace("`", ""))
    return f'<p style="overflow-wrap: anywhere">{plain}</p>' if plain else ""
