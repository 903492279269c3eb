"""The closer looks of the first page, stories and pictures from links, and presenter mode."""

from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer.data import dsprites
from causal_explorer.scm.stories import read_story
from causal_explorer.sharing.link import from_params, packed, query_string, to_params
from tests.ui.conftest import APP
from tests.ui.small import HEART, NAMES, question

VIEWS = {
    "What moved, and why": 'class="ce-bars"',
    "Step by step": 'class="ce-pipe',
    "How sure is it?": "Total variance",
    "Couplings": "Both couplings fit",
    "Compare": "Keep a question",
    "By optimisation": "stochastic variational inference",
    "Take it away": "explorer.counterfactual(",
}


def opened(**params):
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params.update(params)
    page.run()
    assert not page.exception
    return page


def words(page):
    parts = [*page.html, *page.markdown, *page.caption, *page.code, *page.warning, *page.info]
    return " ".join(part.value for part in parts)


@pytest.mark.parametrize("view", VIEWS)
def test_only_the_open_view_is_shown(view):
    page = opened(view=view)
    for name, told in VIEWS.items():
        assert (told in words(page)) == (name == view)


def test_a_view_that_is_none_falls_back_to_the_first():
    assert VIEWS["What moved, and why"] in words(opened(view="Sideways"))


def test_a_kept_question_stands_beside_the_present_one():
    kept = query_string(to_params(question({"shape": 0}), dsprites.FACTORS))
    page = opened(view="Compare", do="shape", do_shape="ellipse", kept=kept)
    assert (
        'data-kept="sentence">This is a heart. What would it have looked like, had it been a s'
        in (words(page))
    )
    assert "had it been an ellipse" in words(page)
    assert "shape 100\u00a0%" in words(page)
    page.button(key="forget_question").click().run()
    assert "data-kept" not in words(page)


def test_a_kept_question_that_is_damaged_is_named_as_such():
    (warning,) = opened(view="Compare", kept="garbage").warning
    assert warning.value == "The question that was kept cannot be shown: The link lacks story."


def test_keeping_a_question_puts_it_into_the_address():
    page = opened(view="Compare")
    page.button(key="keep_question").click().run()
    assert not page.exception
    assert "do=shape" in str(page.query_params["kept"])
    assert "The factors agree." in words(page)


def test_a_story_from_a_link_is_the_edited_one():
    told = packed(read_story("confounded").to_toml().encode())
    page = opened(story="edited", told=told)
    assert page.segmented_control(key="story").value == "edited"
    assert "shape" in page.session_state["story_toml"]


@pytest.mark.parametrize("told", ["x", packed(b"no story"), packed(b"[shape]\nbad = 1")])
def test_a_story_that_cannot_be_read_is_a_sentence(told):
    page = opened(story="edited", told=told)
    assert len(page.warning) == 1
    assert page.segmented_control(key="story").value == "default"


def test_a_picture_from_a_link_is_asked_about():
    bits = np.packbits(dsprites.render(np.array([HEART]))[0]).tobytes()
    page = opened(evidence="Upload", image=packed(bits))
    assert "most likely heart, scale 3" in words(page)


@pytest.mark.parametrize(
    ("address", "idle"),
    [
        ({}, set()),
        ({"evidence": "Image only"}, set()),
        ({"evidence": "Some factors", "known": ["shape", "posX"]}, set(NAMES) - {"shape", "posX"}),
        ({"evidence": "Upload"}, set(NAMES)),
    ],
    ids=["sprite", "image", "factors", "upload"],
)
def test_what_has_no_effect_is_disabled_and_says_why(address, idle):
    page = opened(**address)
    controls = [page.segmented_control(key="shape"), *(page.slider(key=k) for k in NAMES[1:])]
    told = {c.proto.label: (c.proto.disabled, "Without effect" in c.proto.help) for c in controls}
    assert told == {name: (name in idle, name in idle) for name in NAMES}
    thumbnails = [button for button in page.button if button.key.startswith("thumbnail_")]
    assert {button.proto.disabled for button in thumbnails} == {idle == set(NAMES)}


def test_three_rungs_are_a_link_away():
    page = opened(shape="ellipse", scale="1", seed="7", story="chain", do="posX", do_posX="3")
    (link,) = page.get("link_button")
    path, _, query = link.proto.url.partition("?")
    asked = from_params(parse_qs(query), dsprites.FACTORS)
    assert path == "./rungs"
    assert dict(asked.sprite) | {"shape": 1, "scale": 1} == dict(asked.sprite)
    assert (asked.story, asked.seed, asked.do) == ("chain", 7, (("posX", 3),))
    assert not opened(evidence="Image only").get("link_button")


def test_presenter_mode_leaves_only_what_a_room_needs():
    page = opened(present="true")
    assert "stSidebar" in words(page)
    assert not page.get("tab")
    page.toggle(key="present").set_value(False).run()
    assert "zoom" not in words(page)
    assert len(page.get("tab")) == 7
