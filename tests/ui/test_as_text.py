import re
from html import unescape

import pytest

from causal_explorer.ui.as_text import LONGEST, as_text, escape

JOINER = "\u2060"
HOSTILE = [
    "[a](http://e.example)",
    "![a](http://e.example/a.png)",
    "<img src=//e.example/a.png>",
    "https://e.example www.e.example me@e.example",
    ":red[a] :smile: :material/home: :b",
    "**a** _b_ ~~c~~ `d` $e$ \\f",
    "&amp; &#33;",
]


def shown(markdown):
    """What a Markdown of backslashes shows."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace(JOINER, "")


@pytest.mark.parametrize("text", [*HOSTILE, "# a", "- a", "+ a", "1. a", "1) a", "> a", "* a"])
def test_markdown_shows_every_letter_and_reads_none(text):
    written = as_text(text)
    assert shown(written) == text
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", written)  # what no backslash stands before
    assert not set(bare) & set("`*[]<>~$&")
    assert not re.match(r"(#|>|[-+*]\s|\d+[.)]\s)", bare)
    assert not re.search(r":\w|(?<!\w)_|_(?!\w)", bare)
    # Streamlit's own reader looks for these after it has taken the backslashes away.
    read = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", written)
    assert not re.search(r"https?://|www\.|\w@\w|:[\w/+-]+:", read)


@pytest.mark.parametrize(
    "name", ["scm-vae", "runs/my_run-2/scm-vae", "2026-11-30", "p(x | v, z): 3.5"]
)
def test_ordinary_names_are_as_they_were(name):
    assert as_text(name) == name


@pytest.mark.parametrize("text", HOSTILE)
def test_the_other_places_show_every_letter_and_read_none(text):
    assert unescape(escape(text)) == text
    assert not set("<>\"'") & set(escape(text))
    drawn = as_text(text, "plotly")
    assert unescape(drawn) == text
    assert not set("<>{") & set(drawn)
    quoted = as_text(text, "dot")
    assert unescape(quoted.replace('\\"', '"').replace("\\\\", "\\")) == text
    assert not set("<>") & set(quoted)


def test_a_text_is_one_line_without_turns_and_cut():
    assert as_text("a\n\n# b\r\x00\u2028c") == "a # b c"
    assert as_text("\u202eabc\u2066\ud800") == "abc"
    assert as_text("1\u00a0%") == "1\u00a0%"
    long = as_text("x" * 400_000)
    assert len(long) == LONGEST
    assert long.endswith("x…")
