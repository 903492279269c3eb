import re

import pytest

from causal_explorer.checkpoint import find, shipped
from causal_explorer.ui.training.card import card_html


def rows(card):
    return re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', card_html(card))


def test_rows_are_a_table_and_the_rest_are_words():
    card = "# mine\n\nmine on dsprites\n\n| | |\n|---|---|\n| a\\|b | 0123-dirty |\n\nLast words.\n"
    assert rows(card) == [("a|b", "0123, with changes not committed")]
    assert ">mine on dsprites</p>" in card_html(card)
    assert ">Last words.</p>" in card_html(card)
    assert "# mine" not in card_html(card)


@pytest.mark.parametrize("name", shipped())
def test_every_row_of_a_shipped_card_is_shown(name):
    card = (find(name) / "card.md").read_text()
    assert len(rows(card)) == len([line for line in card.splitlines() if line.startswith("|")]) - 2
    assert all(name and value for name, value in rows(card))


def test_nothing_in_a_strangers_card_is_more_than_words():
    card = "![x](http://a.b/c)\n| <img src=//a.b> | [x](http://a.b) |\n<script>1</script>"
    assert "<img" not in card_html(card)
    assert "<script" not in card_html(card)
    assert "![x](http://a.b/c)" in card_html(card)


def test_a_card_without_end_is_cut():
    assert len(card_html("word " * 100_000)) < 2_000
