"""Editing a story and drawing it: every claim against the tables that follow."""

import itertools
import re

import numpy as np
import pytest

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.stories import STORIES, read_story
from causal_explorer.scm.story import SUMMARY, parse
from causal_explorer.ui.story import entailed
from causal_explorer.ui.story import story_editor as editor
from causal_explorer.ui.story import story_figures as figures

BY_NAME = {variable.name: variable for variable in FACTORS}
SCALE, POS_X, POS_Y = BY_NAME["scale"], BY_NAME["posX"], BY_NAME["posY"]
TABLE = """
[shape]
[scale]
[orientation]
[posX]
[posY]
parents = ["shape"]
table = [{rows}]
""".format(rows=", ".join(str([1 / 32] * 32) for _ in range(3)))
FLAT = "[shape]\n[scale]\n[orientation]\n[posX]\n[posY]\n"


def edited(story, before, cause, target, effect):
    return editor.edited(story, before, (cause, target), effect, FACTORS)


def added(story, cause, target):
    return edited(
        story, story, cause, target, editor.default_effect(BY_NAME[cause], BY_NAME[target])
    )


def shares(story, a, b):
    return entailed.joint(story.to_toml(), a, b)


def dependence(table):
    """Half of Σ |p(a, b) − p(a) p(b)|: 0 where the two are independent."""
    return figures.moved(table, np.outer(table.sum(1), table.sum(0)))


PAIRS = [(a.name, b.name) for a in FACTORS for b in FACTORS if a != b]


@pytest.mark.parametrize(("cause", "target"), PAIRS, ids="→".join)
def test_a_new_arrow_shows_even_where_the_row_was_flat(cause, target):
    before = read_story("independent")
    assert dependence(shares(before, cause, target)) < 1e-9
    assert dependence(shares(added(before, cause, target), cause, target)) > 0.2


@pytest.mark.parametrize(("cause", "target"), PAIRS, ids="→".join)
def test_an_edit_taken_back_leaves_no_trace(cause, target):
    before = read_story("independent")
    after = edited(added(before, cause, target), before, cause, target, None)
    assert after.to_toml() == before.to_toml()


@pytest.mark.parametrize("name", STORIES)
def test_every_shipped_arrow_can_be_removed_and_put_back(name):
    before = read_story(name)
    for cause, target in editor.edges(before):
        without = edited(before, before, cause, target, None)
        assert (cause, target) not in editor.edges(without)
        effect = editor.effect_of(before, (cause, target))
        assert edited(without, before, cause, target, effect).to_toml() == before.to_toml()


def test_the_text_of_an_edited_story_is_the_story():
    now = added(read_story("default"), "posX", "scale")
    assert parse("default", now.to_toml()) == now
    assert now.summary.endswith("Then edited: added posX → scale.")


def test_the_strength_of_an_arrow_keeps_its_place_among_the_causes():
    before = read_story("confounded")
    twice = Effect(2.0, values=(-10.0, 0.0, 10.0))
    now = edited(before, before, "shape", "posY", twice)
    assert editor.edges(now) == editor.edges(before)
    assert editor.in_words(now, before) == "shape → posY at strength 2"
    assert editor.in_words(before, before) == ""


def test_an_arrow_of_no_strength_has_no_effect():
    before = read_story("default")
    now = edited(before, before, "scale", "posY", Effect(0.0, slope=4.2))
    assert dependence(shares(now, "scale", "posY")) < 1e-9
    assert figures.moved(shares(now, "shape", "scale"), shares(before, "shape", "scale")) == 0.0
    assert figures.moved(shares(now, "scale", "posY"), shares(before, "scale", "posY")) > 0.2


def test_a_second_cause_makes_the_concentrations_of_the_first_their_mean():
    before = read_story("default")
    peak = added(before, "scale", "orientation").mechanisms["orientation"]
    assert isinstance(peak, Peak)
    assert peak.concentration == pytest.approx((4 + 2 + 4) / 3)


def test_a_peak_that_was_there_keeps_its_width():
    now = added(read_story("default"), "posX", "scale").mechanisms["scale"]
    assert isinstance(now, Peak)
    assert (now.spread, now.concentration) == (1.0, 0.0)


def test_the_library_makes_a_flat_row_answer_by_itself():
    """What `Story.with_effect` does: a row without a peak would not be moved."""
    before = read_story("independent")
    for cause, target in (("scale", "posX"), ("posX", "orientation")):
        effect = editor.default_effect(BY_NAME[cause], BY_NAME[target])
        now = before.with_effect(cause, BY_NAME[target], effect)
        assert dependence(shares(now, cause, target)) > 0.2


@pytest.mark.parametrize(
    ("cause", "target", "effect"),
    [
        ("shape", "posY", Effect(values=(-9.6, 0.0, 9.6))),
        ("shape", "scale", Effect(values=(-1.8, 0.0, 1.8))),
        ("scale", "posY", Effect(slope=3.84)),
        ("orientation", "posX", Effect(sine=9.6)),
        ("posX", "shape", Effect(slope=0.13)),
    ],
)
def test_the_default_effect_is_by_the_kind_of_the_cause(cause, target, effect):
    assert editor.default_effect(BY_NAME[cause], BY_NAME[target]) == effect


@pytest.mark.parametrize("cause", ["posY", "scale"])
def test_a_cycle_is_refused_in_one_sentence(cause):
    before = read_story("default")
    with pytest.raises(ValueError, match=r"^The graph has a cycle through .*must be acyclic\.$"):
        edited(before, before, cause, "scale", Effect(slope=1.0))


def test_a_table_is_not_edited():
    before = parse("mine", TABLE)
    with pytest.raises(ValueError, match="'posY' is a table: edit the file instead"):
        edited(before, before, "scale", "posY", Effect(slope=1.0))
    assert editor.edges(before) == [("shape", "posY")]
    assert editor.effect_of(before, ("shape", "posY")) is None
    assert dependence(shares(added(before, "shape", "posX"), "shape", "posX")) > 0.2


def drawn(text):
    return dict(re.findall(r"^(\".*\" -> \".*?\") \[(.*)\];$", text, re.M))


def test_the_graph_shows_what_was_edited_and_what_is_hidden():
    before = read_story("shared-cause")
    now = added(edited(before, before, "wind", "posX", None), "scale", "posX")
    now = edited(now, before, "wind", "posY", Effect(0.5, slope=-5.0))
    marks = drawn(editor.dot(now, before))
    assert "✂" in marks['"wind" -> "posX"']
    assert '"+"' in marks['"scale" -> "posX"']
    assert "× 0.5" in marks['"wind" -> "posY"']
    assert marks['"shape" -> "scale"'] == ""
    nodes = dict(re.findall(r"^(\"\w+\") \[(.*)\];$", editor.dot(now, before), re.M))
    assert [name for name, look in nodes.items() if "dashed" in look] == ['"wind"']
    words = editor.caption(now, before)
    assert "hidden, in no data set (wind)" in words
    for part in ("added scale → posX", "removed wind → posX", "wind → posY at strength 0.5"):
        assert part in words


def test_names_of_a_file_are_words_quoted_in_the_graph_and_plain_on_the_page():
    story = parse("mine", f"[hidden.'gust of wind-2']\nclasses = 2\n{FLAT}['gust of wind-2']\n")
    story.build(FACTORS)
    assert '"gust of wind-2" [' in editor.dot(story, story)
    for name in ('a"b', "a\\b", "*c*", "<img>"):
        with pytest.raises(ValueError, match="its name takes words"):
            parse("mine", f"[hidden.'{name}']\nclasses = 2\n{FLAT}['{name}']\n")


def test_a_summary_that_tells_of_many_edits_is_still_one_that_a_story_takes():
    before = parse("mine", f"summary = '{'so ' * 150}end.'\n{FLAT}")
    now, names = before, [factor.name for factor in FACTORS]
    for i, j in itertools.combinations(range(5), 2):
        effect = editor.default_effect(FACTORS[i], FACTORS[j])
        now = editor.edited(now, before, (names[i], names[j]), effect, FACTORS)
        assert len(now.summary) <= SUMMARY
        assert parse("mine", now.to_toml()) == now
    assert now.summary.endswith("…")


def test_the_joint_figure_shows_the_table_and_its_margins_on_common_scales():
    table, other = shares(read_story("default"), "scale", "posY"), np.eye(6, 32) / 6
    figure = figures.joint_figure(table, other, SCALE, POS_Y, "now")
    heat, above, right = figure.data
    np.testing.assert_array_equal(heat.z, table.T)
    np.testing.assert_array_equal(above.y, table.sum(1))
    np.testing.assert_array_equal(right.x, table.sum(0))
    assert figure.layout.coloraxis.cmax == max(table.max(), other.max())
    beside = figures.joint_figure(other, table, SCALE, POS_Y, "before")
    assert beside.layout.coloraxis.cmax == figure.layout.coloraxis.cmax
    assert beside.layout.xaxis4.range == figure.layout.xaxis4.range
    assert figure.layout.yaxis3.autorange == "reversed", "row 0 of a picture is at the top"
    assert figure.layout.xaxis3.title.text == "scale"


def test_the_share_that_moved_is_the_total_variation():
    one, other = np.array([[0.5, 0.5], [0.0, 0.0]]), np.array([[0.5, 0.0], [0.25, 0.25]])
    assert figures.moved(one, other) == 0.5
    assert figures.moved(one, one + 1e-17) == 0.0


def seen_and_done(name, cause="scale", effect="posY"):
    return entailed.seeing_and_doing(read_story(name).to_toml(), cause, effect)


def test_seeing_is_not_doing_in_the_confounded_story():
    see, do = seen_and_done("confounded")
    assert (np.diff(do) < 0).all(), "growing lifts"
    assert see[-1] - see[0] > 5, "but large sprites lie low"
    words = figures.remark(see, do, SCALE, POS_Y)
    assert words.endswith("Simpson's paradox.")
    assert f"{see[-1] - see[0]:+.1f}" in words
    assert f"−{do[0] - do[-1]:.1f}" in words


@pytest.mark.parametrize(
    ("story", "cause", "effect", "words"),
    [
        ("default", "scale", "posY", "Seeing and doing agree here"),
        ("independent", "scale", "posY", "Neither seeing nor setting"),
        ("shared-cause", "posX", "posY", "setting it does not move"),
        ("default", "scale", "posX", "setting it does not move"),
    ],
)
def test_the_remark_tells_what_the_lines_show(story, cause, effect, words):
    see, do = seen_and_done(story, cause, effect)
    assert words in figures.remark(see, do, BY_NAME[cause], BY_NAME[effect])


def test_a_difference_without_a_turn_is_told_in_classes():
    see, do = np.array([0.0, 3.0, 4.0]), np.array([0.0, 1.0, 2.0])
    assert "differ by up to 2.0 classes" in figures.remark(see, do, BY_NAME["shape"], SCALE)


def test_the_lines_are_the_means():
    see, do = seen_and_done("confounded")
    figure = figures.means_figure(see, do, SCALE, POS_Y)
    lines = {line.name: line.y for line in figure.data}
    np.testing.assert_array_equal(lines["see scale = k"], see)
    np.testing.assert_array_equal(lines["do(scale = k)"], do)
    low, high = figure.layout.yaxis.range
    assert low > max(see.max(), do.max()) > min(see.min(), do.min()) > high, "0 is the top"


def test_the_means_are_those_of_the_joint():
    see, _ = seen_and_done("shared-cause", "posX", "posY")
    table = shares(read_story("shared-cause"), "posX", "posY")
    np.testing.assert_allclose(see, table @ np.arange(32) / table.sum(1))


@pytest.mark.parametrize("name", STORIES)
def test_the_joint_is_that_of_the_library(name):
    story = read_story(name)
    joint = story.build(FACTORS).log_joint().exp()
    others = [axis for axis in range(joint.ndim) if axis not in (1, 4)]
    np.testing.assert_allclose(shares(story, "scale", "posY"), joint.sum(others), atol=1e-12)
    np.testing.assert_array_equal(shares(story, "posY", "scale"), shares(story, "scale", "posY").T)


def test_a_file_with_a_mark_of_its_encoding_is_opened():
    text = read_story("chain").to_toml()
    story = editor.uploaded("mine.toml", text.encode("utf-8-sig"), FACTORS)
    assert story.name == "mine"
    assert story.to_toml() == text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"#" * 16_385, "16,385 bytes: a story takes at most 16,384"),
        ("summary = 'ä'".encode("latin-1"), "its line 1 is not UTF-8, save it as UTF-8"),
        (FLAT.encode("utf-16"), "it is UTF-16, save it as UTF-8"),
        (b"x = " + b"[" * 17, "more than 16 lists or tables within one another"),
        (b"summary =", "is not TOML"),
        (b"", "it takes one for each of shape, scale"),
        (f"{FLAT}[colour]".encode(), "has the sections"),
        (FLAT.replace("[scale]", "[scale]\neffects.posX.slope = 'a'").encode(), "takes numbers"),
        (FLAT.replace("[shape]", f"[shape]\ntable = [{'9' * 400}, 1, 1]").encode(), "too large"),
        (
            FLAT.replace("[shape]", "[shape]\nparents = ['scale', 'scale']\ntable = 1").encode(),
            "it names a cause twice",
        ),
        (
            f"hidden.a.classes = 9\nhidden.b.classes = 9\n{FLAT}[a]\n[b]".encode(),
            "more than 64 combinations",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_file_is_refused_in_one_sentence(content, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        editor.uploaded("mine.toml", content, FACTORS)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")


def test_the_sheet_has_every_picture_and_one_description():
    page = figures.sheet_html([np.eye(64), np.ones((64, 64))], 'a "b"')
    assert page.count("<img ") == 2
    assert 'aria-label="a &quot;b&quot;"' in page
