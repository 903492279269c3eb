import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.scm.actions import Shift
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.law import counterfactual_law
from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.stories import STORIES, read_story, story_named
from causal_explorer.scm.story import parse

_, SCALE, ORIENTATION, POS_X, _ = dsprites.FACTORS
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


def test_a_table_cannot_be_edited():
    text = PLAIN.replace("[scale]", "[scale]\nparents = ['shape']\ntable = [" + ROWS + "]")
    with pytest.raises(ValueError, match="is a table"):
        parse("mine", text).with_effect("shape", SCALE, None)


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


def test_a_hidden_cause_may_have_any_name():
    story = build(
        PLAIN.replace("[posX]", '[posX]\nspread = 2\neffects."posX′".slope = 3')
        + '[hidden."posX′"]\nclasses = 2\n["posX′"]\n'
    )
    law = counterfactual_law(story, COUPLINGS["gumbel"], {"posX": 3}, {"posX": Shift(5)})
    np.testing.assert_allclose(law["posX"][8], 1)
