"""The page Story, as a session sees it."""

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.data.resample import resample
from causal_explorer.scm.stories import STORIES, read_story
from causal_explorer.scm.story import parse
from causal_explorer.ui.story import entailed

APP = Path(__file__).parents[2] / "app.py"
PAGE = "causal_explorer/ui/pages/story.py"
FLAT = "[shape]\n[scale]\n[orientation]\n[posX]\n"
TABLE = f"summary = 'Mine.'\n{FLAT}[posY]\nparents = ['shape']\ntable = {[[1 / 32] * 32] * 3}\n"


def opened(**address):
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params.update(address)
    page.switch_page(PAGE)
    return done(page.run())


def done(page):
    assert not page.exception
    assert not page.error
    return page


@pytest.fixture
def page():
    return opened()


def maps(page):
    """The tables of the two heat maps, by their titles."""
    found = {}
    for chart in page.get("plotly_chart"):
        figure = json.loads(chart.proto.spec)
        trace = figure["data"][0]
        if trace["type"] == "heatmap":
            numbers = np.frombuffer(base64.b64decode(trace["z"]["bdata"]), trace["z"]["dtype"])
            shape = tuple(map(int, trace["z"]["shape"].split(",")))
            found[figure["layout"]["title"]["text"]] = numbers.reshape(shape).tolist()
    return found


def before_and_now(page):
    before, now = maps(page).values()
    return before, now


def graph(page):
    (chart,) = page.get("graphviz_chart")
    return chart.proto.spec


def strength(page, cause, effect):
    return page.slider(key=f"strength {(cause, effect)!r}")


def add(page, cause, effect):
    page.selectbox(key="add_cause").set_value(cause)
    page.selectbox(key="add_effect").set_value(effect)
    return done(page.button(key="add").click().run())


def remove(page, cause, effect):
    return done(page.button(key=f"remove {(cause, effect)!r}").click().run())


def upload(page, content, name="mine.toml"):
    uploader = page.get("file_uploader")[0]
    return done(uploader.upload(name, content, "application/toml").run())


def warned(page):
    (warning,) = page.warning
    return warning.value


def test_the_first_screen_shows_the_default_story_unedited(page):
    assert page.title[0].value == "Story"
    assert list(maps(page)) == ["p(scale, posY) as shipped", "p(scale, posY) as edited"]
    before, now = before_and_now(page)
    assert before == now
    assert page.session_state["story_toml"] is None
    assert page.button(key="back").disabled
    assert not page.warning
    assert any(read_story("default").summary in html.value for html in page.html)


@pytest.mark.parametrize("name", STORIES)
def test_each_shipped_story_shows_its_arrows(name):
    page = opened(base=name)
    arrows = read_story(name).build(FACTORS).graph.edges
    assert page.segmented_control(key="base").value == name
    assert {slider.label for slider in page.slider} == {f"{c} → {e}" for c, e in arrows}
    assert all(f'"{c}" -> "{e}" [' in graph(page) for c, e in arrows)
    assert page.session_state["story_toml"] is None


def test_a_hidden_cause_is_dashed_and_can_be_edited():
    page = opened(base="shared-cause")
    assert re.search(r'^"wind" \[.*dashed', graph(page), re.M)
    assert "wind" in page.selectbox(key="add_cause").options
    assert "wind" not in page.selectbox(key="joint_a").options
    remove(page, "wind", "posX")
    assert "wind" not in (parse("x", page.session_state["story_toml"]).mechanisms["posX"].effects)


def test_another_strength_moves_the_joint_and_leaves_the_shipped_one(page):
    before, _ = before_and_now(page)
    done(strength(page, "scale", "posY").set_value(0.0).run())
    shipped, now = before_and_now(page)
    assert shipped == before
    assert now != before
    text = page.session_state["story_toml"]
    assert parse("x", text).mechanisms["posY"].effects["scale"].strength == 0.0
    np.testing.assert_allclose(np.transpose(now), entailed.joint(text, "scale", "posY"))
    assert strength(page, "scale", "posY").value == 0.0


def test_a_strength_taken_back_is_no_edit(page):
    done(strength(page, "scale", "posY").set_value(1.5).run())
    assert not page.button(key="back").disabled
    done(strength(page, "scale", "posY").set_value(1.0).run())
    assert page.session_state["story_toml"] is None
    assert page.button(key="back").disabled


def test_a_new_arrow_moves_the_joint_of_its_two_factors():
    page = opened(base="independent")
    assert not page.slider
    add(page, "posX", "posY")
    assert list(maps(page)) == ["p(posX, posY) as shipped", "p(posX, posY) as edited"]
    before, now = before_and_now(page)
    assert np.ptp(before) < 1e-12, "independent and flat"
    assert np.ptp(now) > 1e-3
    assert strength(page, "posX", "posY").value == 1.0
    assert "added posX → posY" in page.session_state["story_toml"]


def test_an_arrow_that_is_there_is_not_added_again(page):
    add(page, "shape", "scale")
    assert "is there already" in warned(page)
    assert page.session_state["story_toml"] is None


def test_an_arrow_can_be_removed_and_the_shipped_story_comes_back(page):
    before, _ = before_and_now(page)
    remove(page, "scale", "posY")
    _, now = before_and_now(page)
    assert now != before
    assert "✂" in graph(page)
    done(page.button(key="back").click().run())
    assert before_and_now(page) == (before, before)
    assert page.session_state["story_toml"] is None
    assert strength(page, "scale", "posY").value == 1.0


def test_an_edit_that_does_not_reach_the_map_says_so(page):
    done(strength(page, "orientation", "posX").set_value(0.5).run())
    assert any("moved nothing" in caption.value for caption in page.caption)


def test_a_cycle_is_refused_and_the_story_stays_as_it_was(page):
    done(strength(page, "scale", "posY").set_value(0.5).run())
    text, shown = page.session_state["story_toml"], before_and_now(page)
    add(page, "posY", "shape")
    assert "cycle" in warned(page)
    assert page.session_state["story_toml"] == text
    assert before_and_now(page) == shown
    done(page.run())
    assert not page.warning, "told once"


def test_edits_of_a_story_wait_for_its_return(page):
    remove(page, "scale", "posY")
    text = page.session_state["story_toml"]
    done(page.segmented_control(key="base").set_value("chain").run())
    assert page.session_state["story_toml"] is None
    done(page.segmented_control(key="base").set_value("default").run())
    assert page.session_state["story_toml"] == text


def test_an_uploaded_story_is_opened_and_a_table_is_not_edited(page):
    upload(page, TABLE.encode())
    assert page.segmented_control(key="base").value == "uploaded"
    text = page.session_state["story_toml"]
    assert parse("x", text) == parse("x", TABLE)
    assert next(iter(maps(page))).endswith("as uploaded")
    assert any("written as a table" in caption.value for caption in page.caption)
    remove(page, "shape", "posY")
    assert "is a table: edit the file instead" in warned(page)
    add(page, "scale", "posY")
    assert "is a table: edit the file instead" in warned(page)
    assert page.session_state["story_toml"] == text
    add(page, "scale", "posX")
    assert "added scale → posX" in page.session_state["story_toml"]
    done(page.button(key="back").click().run())
    assert page.session_state["story_toml"] == text


@pytest.mark.parametrize(
    "content",
    [
        b"summary =",
        FLAT.encode("utf-16"),
        "summary = 'ä'".encode("latin-1"),
        b"x = " + b"[" * 100_000,
        b"#" * 10_000_000,
        FLAT.encode(),
    ],
    ids=["no TOML", "UTF-16", "Latin-1", "nested", "10 MB", "a factor missing"],
)
def test_a_broken_upload_is_one_sentence(page, content):
    shown = before_and_now(page)
    upload(page, content)
    assert warned(page).count("\n") == 0
    assert page.segmented_control(key="base").value == "default"
    assert before_and_now(page) == shown
    done(page.segmented_control(key="base").set_value("chain").run())
    assert not page.warning


def test_the_words_of_an_upload_are_shown_as_they_are(page):
    odd = "<script>x</script>![](http://a.b/c)"
    name = "north-wind 2"
    story = f"summary = '{odd}'\n[hidden.'{name}']\nclasses = 2\n{FLAT}[posY]\n['{name}']\n"
    upload(page, story.encode())
    assert any("&lt;script&gt;" in html.value for html in page.html)
    assert all("<script>x" not in html.value for html in page.html)
    page.selectbox(key="add_cause").set_value(name)
    done(page.button(key="add").click().run())
    assert any(name in slider.label for slider in page.slider)


def test_a_name_that_is_no_words_is_refused_as_text(page):
    name = "![](http://a.b/c)"
    upload(page, f"[hidden.'{name}']\nclasses = 2\n{FLAT}[posY]\n['{name}']\n".encode())
    assert "its name takes words" in warned(page)
    assert "![](" not in warned(page)
    assert not any("![](" in caption.value for caption in page.caption)


def test_seeing_and_doing_turn_round_in_the_confounded_story():
    page = opened(base="confounded")
    assert any("Simpson's paradox" in text.value for text in page.markdown)
    remove(page, "shape", "scale")
    assert not any("Simpson's paradox" in text.value for text in page.markdown)
    assert any("Seeing and doing agree" in text.value for text in page.markdown)


def test_the_same_factor_twice_is_one_sentence():
    page = opened(joint_a="posY", rung_cause="posY")
    assert [info.value for info in page.info] == ["Choose two different factors."] * 2
    assert not maps(page)


def test_the_data_set_is_what_the_story_draws(page):
    remove(page, "scale", "posY")
    done(page.number_input(key="resample_count").set_value(500).run())
    done(page.number_input(key="resample_seed").set_value(3).run())
    text = page.session_state["story_toml"]
    with np.load(io.BytesIO(entailed.data_set(text, 500, 3))) as archive:
        drawn = np.repeat(archive["index"], archive["multiplicity"])
        assert str(archive["story"]) == text
    rows = resample(parse("x", text).build(FACTORS), 500, 3)
    np.testing.assert_array_equal(drawn, np.sort(rows))
    (sheet,) = [html.value for html in page.html if "ce-sheet" in html.value]
    assert sheet.count("<img ") == 24
    assert {button.label for button in page.get("download_button")} == {
        "The story as TOML",
        "The data set as .npz",
    }


@pytest.mark.parametrize(
    "address",
    [
        {"base": "uploaded"},
        {"base": "folk"},
        {"base": ""},
        {"joint_a": "colour"},
        {"rung_effect": "shape"},
        {"resample_count": "5"},
        {"resample_seed": "1e400"},
    ],
    ids=str,
)
def test_an_address_with_nonsense_falls_back_to_the_first_screen(address):
    page = opened(**address)
    assert list(maps(page)) == ["p(scale, posY) as shipped", "p(scale, posY) as edited"]
    assert page.segmented_control(key="base").value in ("default", None)
