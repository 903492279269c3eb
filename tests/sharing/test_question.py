from dataclasses import replace

import pytest

from causal_explorer.data import dsprites
from causal_explorer.sharing.question import varied
from causal_explorer.sharing.words import describe, listed, notation, percent, sentence
from tests.ui.small import HEART, NAMES, question


@pytest.mark.parametrize(
    ("do", "ending"),
    [
        ({}, "if …?"),
        ({"shape": 0}, "had it been a square?"),
        ({"shape": 1}, "had it been an ellipse?"),
        ({"scale": 5}, "had its scale been 5?"),
        ({"scale": 5, "posX": 0}, "had its scale been 5 and its posX 0?"),
        ({"scale": 5, "posX": 0, "posY": 1}, "had its scale been 5, its posX 0 and its posY 1?"),
        ({"shape": 0, "scale": 5}, "had it been a square with scale 5?"),
        (
            {"shape": 0, "scale": 5, "orientation": 7, "posX": 0},
            "had it been a square with scale 5, orientation 7 and posX 0?",
        ),
    ],
)
def test_a_question_reads_aloud(do, ending):
    asked = sentence(question(do), dsprites.FACTORS)
    assert asked == f"This is a heart. What would it have looked like, {ending}"


def test_do_is_written_in_the_order_of_the_data_set():
    do = {"posY": 3, "shape": 0}
    assert notation(do, dsprites.FACTORS) == "do(shape = square, posY = 3)"


def test_a_sprite_is_told_by_all_of_its_factors():
    classes = dict(zip(NAMES, HEART, strict=True))
    told = describe(classes, dsprites.FACTORS)
    assert told == "heart, scale 3, orientation 4, posX 10, posY 16"


def test_doing_what_already_holds_is_told_from_a_change():
    assert not question({}).holds_already
    assert question({"shape": HEART[0]}).holds_already
    assert question({"shape": HEART[0], "scale": HEART[1]}).holds_already
    assert not question({"shape": HEART[0], "scale": HEART[1] + 1}).holds_already


def test_the_same_question_under_another_coupling_differs_in_nothing_else():
    asked = question({"shape": 0})
    other = asked.under("monotone")
    assert other.coupling == "monotone"
    assert other != asked
    assert other.under("gumbel") == asked


def test_questions_that_differ_anywhere_are_different_keys():
    assert hash(question({"shape": 0})) == hash(question({"shape": 0}))
    assert question({"shape": 0}) != question({"shape": 1})
    assert question({"shape": 0}, samples=1) != question({"shape": 0}, samples=2)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0\u00a0%"),
        (0.0004, "under 1\u00a0%"),
        (0.0099, "under 1\u00a0%"),
        (0.011, "1\u00a0%"),
        (0.5, "50\u00a0%"),
        (0.989, "99\u00a0%"),
        (0.9996, "over 99\u00a0%"),
        (1.0, "100\u00a0%"),
    ],
)
def test_a_share_never_reads_as_all_or_nothing_unless_it_is(share, words):
    assert percent(share) == words


def test_a_list_reads_aloud():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(("shape", "words"), [(0, "a square"), (1, "an ellipse"), (2, "a heart")])
def test_a_sprite_has_its_article(shape, words):
    asked = replace(question({}), sprite=((NAMES[0], shape), *question({}).sprite[1:]))
    assert sentence(asked, dsprites.FACTORS).startswith(f"This is {words}.")


def test_a_question_is_varied_over_every_value_of_a_control(explorer):
    asked = question({"shape": 0, "scale": 2})
    done = varied(asked, "do_scale", explorer)
    assert [dict(one.do) for one in done] == [{"shape": 0, "scale": k} for k in range(6)]
    assert {one.sprite for one in done} == {asked.sprite}
    own = varied(asked, "scale", explorer)
    assert [dict(one.sprite)["scale"] for one in own] == list(range(6))
    assert {one.do for one in own} == {asked.do}
