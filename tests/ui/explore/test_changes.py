import re

import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.scm.actions import Replace, Shift
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.ui.explore.changes import Change, changes, table_html
from tests.ui.small import HEART, NAMES, answer, story


def rows(do, after):
    shown = answer(do, after)
    return {row.factor: row for row in changes(shown, story().graph)}


def test_there_is_a_row_for_each_factor_in_order():
    found = changes(answer({"shape": 0}, [(0, *HEART[1:])]), story().graph)
    assert tuple(row.factor for row in found) == NAMES
    assert [row.before for row in found] == ["heart", "3", "4", "10", "16"]


def test_shares_are_the_frequencies_of_the_draws():
    drawn = np.random.default_rng(0).integers(0, dsprites.DIMENSIONS, (50, 5))
    for column, row in enumerate(changes(answer({"shape": 0}, drawn), story().graph)):
        assert len(row.shares) == dsprites.DIMENSIONS[column]
        assert sum(row.shares) == pytest.approx(1)
        assert row.share == max(row.shares)
        assert row.shares[row.was] == (drawn[:, column] == row.was).mean()


def test_each_reason_follows_from_the_graph():
    before = list(HEART)
    moved = [0, 3, 9, 10, 5]
    found = rows({"scale": 3}, [tuple(before), (2, 3, 4, 10, 5)])
    assert found["scale"].why == "set by do()"
    assert found["shape"].why == "not a descendant: cannot move"
    assert found["posX"].why == "not a descendant: cannot move"
    assert found["posY"].why == "moved in 50\u00a0% of the draws, because it descends from scale"
    found = rows({"shape": 0}, [tuple(moved)])
    assert found["scale"].why == "descends from shape, but kept its value"
    assert found["posY"].why == "moved in 100\u00a0% of the draws, because it descends from shape"


def test_a_soft_target_is_changed_and_may_keep_its_value():
    found = rows({"scale": Shift(1)}, [HEART, (2, 4, 4, 10, 5)])
    assert found["scale"].why == "changed by do(): moved in 50\u00a0% of the draws"
    assert found["posY"].why == "moved in 50\u00a0% of the draws, because it descends from scale"
    assert found["shape"].why == "not a descendant: cannot move"


def test_a_factor_descends_from_a_soft_target_and_from_its_causes():
    found = rows({"shape": 0, "scale": Shift(1)}, [(0, 4, 4, 10, 30)])
    assert found["posY"].why.endswith("descends from shape and scale")
    flat = Replace(mechanism((), [1 / 6] * 6))
    found = rows({"shape": 0, "scale": flat}, [(0, 4, 4, 10, 30)])
    assert found["posY"].why.endswith("descends from scale"), "scale no longer reads shape"


def test_a_factor_descends_from_no_target_beyond_a_cut():
    found = rows({"shape": 0, "scale": 5}, [(0, 5, 4, 10, 30)])
    assert found["posY"].why.endswith("descends from scale")
    assert found["posX"].why.startswith("descends from shape")


def test_the_table_escapes_words_and_draws_one_bar_a_class():
    row = Change("<b>", "<i>x", 1.0, "&y", 0.75, (0.25, 0.75), 0, "<script>")
    page = table_html([row])
    assert "<script" not in page
    assert "<i>x" not in page
    heights = re.findall(r"height: ([\d.]+)%", page)
    assert [float(height) for height in heights] == [pytest.approx(33.3), 100.0]
    assert page.count('<i class="ce-was"') == 1
