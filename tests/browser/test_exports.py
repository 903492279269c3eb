"""What one can take away, as a browser downloads it."""

import io
import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.sharing.link import from_params
from causal_explorer.sharing.panel import panel
from causal_explorer.sharing.picture import panel_png
from causal_explorer.sharing.record import question_of
from tests.browser.serve import settled


@pytest.fixture
def takeaway(page, address):
    page.goto(f"{address}/?view=Take+it+away&do=shape")
    settled(page)
    return page


def _download(page, key):
    with page.expect_download(timeout=60_000) as waiting:
        page.locator(f".st-key-{key} button").first.click()
    return waiting.value.path().read_bytes(), waiting.value.suggested_filename


def test_the_record_holds_the_answer_that_the_library_gives(takeaway):
    content, name = _download(takeaway, "take_json")
    assert name.endswith(".json")
    kept = json.loads(content)
    question = question_of(kept)
    answer = question.ask(ce.load(question.checkpoint).with_story(question.story))
    np.testing.assert_allclose(kept["density"], answer.density, atol=1e-6)
    np.testing.assert_allclose(kept["truth"], answer.truth, atol=1e-6)


def test_the_picture_is_the_panel_with_its_link(takeaway):
    content, name = _download(takeaway, "take_png")
    assert name.endswith(".png")
    with Image.open(io.BytesIO(content)) as picture:
        link = picture.info["Link"]
    question = from_params(parse_qs(urlsplit(link).query), dsprites.FACTORS)
    answer = question.ask(ce.load(question.checkpoint).with_story(question.story))
    assert content == panel_png(panel(question, answer), link)


def test_the_animation_has_a_frame_for_every_value(takeaway):
    content, name = _download(takeaway, "take_gif")
    assert name.endswith(".gif")
    with Image.open(io.BytesIO(content)) as animation:
        assert animation.n_frames == 3  # do(shape) is swept first


def test_the_python_lines_give_the_same_answer(takeaway, capsys):
    lines = takeaway.locator("[data-testid=stCode] code").last.inner_text()
    names = {}
    exec(lines, names)  # what a user pastes into a notebook
    shown = float(takeaway.locator("[data-live=iou]").first.inner_text())
    assert shown == pytest.approx(names["answer"].iou, abs=5e-4)
    assert str(names["answer"].l1) in capsys.readouterr().out
