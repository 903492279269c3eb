import json
import re

import numpy as np
import pytest
import tomli_w

from causal_explorer.data import dsprites
from causal_explorer.scm.actions import Shift
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.graph import causal_graph
from causal_explorer.scm.law import counterfactual_law
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import STORIES, read_story, story_named
from causal_explorer.scm.story import Story, parse

_, SCALE_FACTOR, ORIENTATION, POS_X, _ = dsprites.FACTORS
PLAIN = "[shape]\n[scale]\n[orientation]\n[posX]\n[posY]\n"


def build(text):
    return parse("mine", text).build(dsprites.FACTORS)


@pytest.mark.parametrize("name", STORIES)
def test_what_is_written_is_read_back(name):
    story = read_story(name)
    assert parse(name, story.to_toml()) == story


def test_a_table_is_read_back_too():
    text = PLAIN.replace("[scale]", "[scale]\nparents = ['shape']\ntable = [" + ROWS + "]")
    story = parse("mine", text)
    assert parse("mine", story.to_toml()) == story
    table = story.build(dsprites.FACTORS).mechanisms["scale"].table
    np.testing.assert_allclose(table[1], [0.5, 0.1, 0.1, 0.1, 0.1, 0.1])


ROWS = ", ".join(["[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]"] * 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[shape", "not TOML"),
        (PLAIN.replace("[posY]\n", ""), "takes one for each of"),
        (PLAIN + "[colour]\n", "takes one for each of"),
        (PLAIN + "effects.posZ.slope = 1\n", "the cause posZ is unknown"),
        (PLAIN + "spred = 1\n", "the key spred is unknown"),
        (PLAIN + "spread = 0.0\n", "takes a number from 0.1"),
        (PLAIN + "spread = nan\n", "takes numbers"),
        (PLAIN + "spread = true\n", "takes numbers"),
        (PLAIN + "spread = [1.0]\n", "takes a number"),
        (PLAIN + "effects = 3\n", "takes a section"),
        (PLAIN + "effects.shape.values = [1.0]\n", "1 numbers: it takes 3"),
        (PLAIN + "effects.shape.values = 1.0\n", "takes a list"),
        (PLAIN + "table = [0.5, 0.5]\n", "shape"),
        (PLAIN + "table = [[1], 2]\n", r"\[posY\]"),
        (PLAIN.replace("[shape]", "[shape]\ntable = [1.0, 0.0, 0.0]"), "positive"),
        (PLAIN.replace("[shape]", "[shape]\ntable = [0.5, 0.4, 0.3]"), "does not sum to 1"),
        (PLAIN.replace("[shape]", "[shape]\nweights = [1.0, 1.0]"), "3 positive numbers"),
        ("coupling = 'magic'\n" + PLAIN, "coupling='magic' is unknown"),
        ("summary = 3\n" + PLAIN, "takes words"),
        ("hidden = 3\n" + PLAIN, "takes a section"),
        (PLAIN + "[hidden.wind]\nclasses = 1\n[wind]\n", "a whole number from 2"),
        (PLAIN + "[hidden.posX]\nclasses = 3\n", "hides a variable that the data set shows"),
        (PLAIN + "[hidden.z]\nclasses = 3\n[z]\n", "hidden cause 'z'"),
        (
            PLAIN + "[hidden.units]\nclasses = 3\n[units]\n",
            "what begins with u_ name noise and pictures",
        ),
        (PLAIN + "[hidden.u_posX]\nclasses = 3\n[u_posX]\n", "hidden cause 'u_posX'"),
        (PLAIN + "effects.scale.slope = 1\n", r"\[posY\]: its effects move nothing"),
        ("foo = 1\n" + PLAIN, "^The story mine: foo is 1: it takes a section.$"),
        (
            "shape = 3\n" + PLAIN.replace("[shape]\n", ""),
            r"^The story \w+: shape is 3: it takes a section\.$",
        ),
        (
            PLAIN.replace("[posX]", "[posX]\nspread = 1\neffects.posY.slope = 1")
            + "spread = 1\neffects.posX.slope = 1\n",
            "cycle",
        ),
        (
            PLAIN
            + "spread = 1\n"
            + "".join(f"effects.{n}.slope = 1\n" for n in ("shape", "orientation", "posX", "wind"))
            + "[hidden.wind]\nclasses = 64\n[wind]\n",
            "entries",
        ),
    ],
)
def test_a_wrong_story_is_refused_in_one_sentence(text, said):
    with pytest.raises(ValueError, match=said) as error:
        build(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["nowhere", "nowhere.toml", 3, "/", "a\0b.toml"])
def test_an_unknown_story_is_refused(name):
    with pytest.raises(ValueError, match="story"):
        story_named(name, dsprites.FACTORS)


def test_a_file_of_ones_own_is_read(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(read_story("chain").to_toml())
    assert set(story_named(path, dsprites.FACTORS).graph.edges) == set(
        story_named("chain", dsprites.FACTORS).graph.edges
    )


def test_an_edge_is_added_and_cut():
    story = read_story("default").with_effect("shape", POS_X, Effect(values=(-5.0, 0.0, 5.0)))
    assert ("shape", "posX") in story.build(dsprites.FACTORS).graph.edges
    back = story.with_effect("shape", POS_X, None)
    assert back.build(dsprites.FACTORS).graph.edges == (
        read_story("default").build(dsprites.FACTORS).graph.edges
    )


def test_cutting_the_only_cause_keeps_a_concentration():
    story = read_story("default").with_effect("shape", ORIENTATION, None)
    assert not list(story.build(dsprites.FACTORS).graph.predecessors("orientation"))


def test_a_flat_row_gets_a_peak_with_its_first_cause_and_several_concentrations_become_one():
    cut = read_story("default").with_effect("shape", ORIENTATION, None)
    assert cut.mechanisms["orientation"].concentration == pytest.approx((4 + 2 + 4) / 3)
    flat = read_story("independent")
    for target, width in ((POS_X, 3.2), (SCALE_FACTOR, 1.0)):
        moved = flat.with_effect("shape", target, Effect(values=(-1.0, 0.0, 1.0)))
        assert moved.mechanisms[target.name].spread == width
    turned = flat.with_effect("shape", ORIENTATION, Effect(values=(-1.0, 0.0, 1.0)))
    assert turned.mechanisms["orientation"].concentration == 4.0
    kept = read_story("default").with_effect("shape", ORIENTATION, Effect(slope=1.0))
    assert kept.mechanisms["orientation"].concentration == (4.0, 2.0, 4.0), "its cause is the same"


def hides(*classes):
    names = [f"h{i}" for i in range(len(classes))]
    hidden = "".join(f"hidden.{n}.classes = {k}\n" for n, k in zip(names, classes, strict=True))
    return hidden + PLAIN + "".join(f"[{name}]\n" for name in names)


def test_hidden_causes_have_64_combinations_at_most():
    assert [v.classes for v in build(hides(8, 8)).hidden] == [8, 8]
    with pytest.raises(ValueError, match="have more than 64 combinations"):
        build(hides(5, 13))


def test_a_table_has_two_million_entries_at_most():
    effects = "".join(f"effects.{n}.slope = 1\n" for n in ("shape", "orientation", "posX", "wind"))
    text = f"{PLAIN}spread = 1\n{effects}[hidden.wind]\nclasses = 18\n[wind]\n"
    with pytest.raises(ValueError, match="would have 2,211,840 entries: at most 2,097,152"):
        build(text)


@pytest.mark.parametrize("number", ["1000001", "-1000001", "1e300", "inf", "nan"])
def test_a_number_is_a_million_at_most(number):
    with pytest.raises(ValueError, match="it takes numbers up to a million"):
        build(f"{PLAIN}spread = 1\ncentre = {number}\n")
    assert build(f"{PLAIN}spread = 1\ncentre = 1000000\n")


def test_a_table_cannot_be_edited():
    text = PLAIN.replace("[scale]", "[scale]\nparents = ['shape']\ntable = [" + ROWS + "]")
    with pytest.raises(ValueError, match="is a table"):
        parse("mine", text).with_effect("shape", SCALE_FACTOR, None)


def test_a_strength_of_0_leaves_the_edge_without_effect():
    weak = Peak({"shape": Effect(0.0, values=(-2.0, 0.0, 2.0))}, spread=1.0)
    shape, scale = dsprites.FACTORS[:2]
    table = weak.table(scale, [shape])
    np.testing.assert_allclose(table, np.broadcast_to(table[0], table.shape))


@pytest.mark.parametrize(
    "broken",
    [
        f"[posX]\ncentre = 1{'0' * 400}\n",
        f"[posX]\ncentre = 1{'0' * 5_000}\n",
        f"[posX]\ntable = {'[' * 3_000}{']' * 3_000}\n",
        f"[posX]\ntable = [1{'0' * 400}]\n",
        "[posX]\nparents = ['scale', 'scale']\ntable = [1]\n",
        "[hidden.wind]\nclasses = 5\nspeed = 3\n[posX]\n[wind]\n",
        "[hidden.wind]\nclasses = 9\n[hidden.sun]\nclasses = 9\n[posX]\n[wind]\n[sun]\n",
    ],
)
def test_whatever_python_makes_of_a_number_or_a_list_is_one_sentence(broken):
    with pytest.raises(ValueError, match="story mine|hidden causes") as error:
        build(PLAIN.replace("[posX]\n", broken))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", [None, 3, b"[shape]"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(ValueError, match="it takes text"):
        parse("mine", text)


NAMES = ["wind", "W", "gust of wind", "wind-2", "north_wind 7", "x" * 40]
NO_NAMES = ["", " wind", "wind ", "two  winds", "2nd", "_wind", "wind_", "posX′", "größe", "a.b"]
NO_NAMES += ["x" * 41, "![a](b)", "<b>", "a\nb", "a/b", "*a*"]


def hiding(name):
    quoted = json.dumps(name)
    return (
        PLAIN.replace("[posX]", f"[posX]\nspread = 2\neffects.{quoted}.slope = 3")
        + f"[hidden.{quoted}]\nclasses = 2\n[{quoted}]\n"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_hidden_cause_is_words(name):
    story = build(hiding(name))
    law = counterfactual_law(story, COUPLINGS["gumbel"], {"posX": 3}, {"posX": Shift(5)})
    np.testing.assert_allclose(law["posX"][8], 1)


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_of_a_hidden_cause_is_one_sentence(name):
    said = "its name takes words of letters a to z, digits, _ and -, 40 characters at most."
    with pytest.raises(ValueError, match=f"^The story mine has the hidden cause .*: {said}$"):
        parse("mine", hiding(name))
    with pytest.raises(ValueError, match=said):
        Story("mine", "", "gumbel", {}, {name: 2})


def test_a_summary_is_a_few_hundred_letters():
    assert parse("mine", f"summary = '{'x' * 500}'\n{PLAIN}").summary == "x" * 500
    with pytest.raises(ValueError, match="^The story mine: summary has 501 letters: it takes 500 "):
        parse("mine", f"summary = '{'x' * 501}'\n{PLAIN}")
    with pytest.raises(ValueError, match="summary is 3: it takes words"):
        Story("mine", 3, "gumbel", {}, {})


SCALE = "[scale]\nparents = ['shape']\ntable = "
ROW = [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([ROW, ROW], "table has 2 entries: its shape is 3 (shape) × 6 (scale), one for each class"),
        (ROW, "table has 6 entries: its shape is 3 (shape) × 6 (scale)"),
        (0.5, "table is 0.5: its shape is 3 (shape) × 6 (scale)"),
        (
            [ROW, ROW[1:], ROW],
            "table under shape = ellipse has 5 entries: its shape is 6 (scale), one for each class",
        ),
        ([ROW, [[p] for p in ROW], ROW], "table under shape = ellipse holds [0.5]: it takes numb"),
        ([ROW, ROW, 1], "table under shape = heart is 1: its shape is 6 (scale)"),
        ([["0.5", *ROW[1:]], ROW, ROW], "table under shape = square holds '0.5': it takes numbers"),
        ([[str(p) for p in ROW]] * 3, "table under shape = square holds '0.5': it takes numbers"),
        ([ROW, [True, *ROW[1:]], ROW], "table under shape = ellipse holds True: it takes numbers"),
        ([ROW, ROW, [2, *ROW[1:]]], "table under shape = heart holds 2, too large for a probabil"),
        ([ROW, [float("nan"), *ROW[1:]], ROW], "row under shape = 1 gives class 0 the probability"),
        ([ROW, [float("inf"), *ROW[1:]], ROW], "holds inf, too large for a probability"),
        ([ROW, [-0.1, 0.7, *ROW[2:]], ROW], "the row under shape = 1 gives class 0 the probabili"),
        ([ROW, [0.6, 0.0, *ROW[2:]], ROW], "class 1 the probability 0, not a positive number of 1"),
        ([ROW, ROW, [0.333] * 3 + [0.001] * 3], "shape = 2 does not sum to 1: its sum is 1.002."),
        ([[1e-16, 0.6, *ROW[2:]], ROW, ROW], "gives class 0 the probability 1e-16, not a positive"),
    ],
)
def test_a_wrong_table_is_told_by_its_row_and_its_number(table, said):
    text = PLAIN.replace("[scale]", SCALE + tomli_w.dumps({"t": table})[4:])
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        build(text)
    assert str(error.value).startswith("The story mine, [scale]: ")
    assert "\n" not in str(error.value)


def test_a_row_without_parents_is_told_by_its_sum():
    text = PLAIN.replace("[shape]", "[shape]\ntable = [0.333, 0.333, 0.333]")
    said = r"^The story mine, \[shape\]: the row does not sum to 1: its sum is 0\.999\.$"
    with pytest.raises(ValueError, match=said):
        build(text)


LONG = "x" * 3_000


@pytest.mark.parametrize(
    "text",
    [
        f"{PLAIN}[{LONG}]\n",
        PLAIN + "".join(f"[x{k}]\n" for k in range(1_000)),
        f"{PLAIN}effects.{LONG}.slope = 1\n",
        f"{PLAIN}effects.{LONG} = 1\n",
        f"{PLAIN}effects.shape.{LONG} = 1\n",
        f"{PLAIN}{LONG} = 1\n",
        f"{LONG} = 1\n{PLAIN}",
        f"coupling = '{LONG}'\n{PLAIN}",
        f"hidden.{LONG}.classes = 3\n{PLAIN}",
        f"hidden.wind.{LONG} = 3\n{PLAIN}",
        f"hidden.wind.classes = '{LONG}'\n{PLAIN}",
        PLAIN.replace("[scale]", f"[scale]\nparents = ['{LONG}']\ntable = [1]"),
        PLAIN.replace("[scale]", f"[scale]\ntable = ['{LONG}']"),
        "".join(f"hidden.a{k}.classes = 64\n" for k in range(400)) + PLAIN,
    ],
    ids=range(14),
)
def test_a_sentence_stays_one_however_long_the_names_are(text):
    with pytest.raises(ValueError, match="^The story ") as error:
        parse(LONG, text).build(dsprites.FACTORS)
    assert len(str(error.value)) < 400
    assert "\n" not in str(error.value)


def test_the_api_shortens_names_too():
    many = {f"{LONG}{k}": mechanism((), [0.5, 0.5]) for k in range(1_000)}
    with pytest.raises(ValueError, match="Mechanisms were given for") as error:
        SCM("mine", "", (SCALE_FACTOR,), many)
    assert len(str(error.value)) < 700
    names = [f"{LONG}{k}" for k in range(1_000)]
    with pytest.raises(ValueError, match="has a cycle through") as error:
        causal_graph({n: [names[k - 1]] for k, n in enumerate(names)})
    assert len(str(error.value)) < 700
    with pytest.raises(ValueError, match="which is not a variable") as error:
        causal_graph({n: [LONG] for n in names})
    assert len(str(error.value)) < 800
