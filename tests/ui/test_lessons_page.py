"""The page Lessons, as a session sees it."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.inference.svi import SVISettings
from causal_explorer.lessons import original
from causal_explorer.lessons.lesson import Lesson, Told, shown
from causal_explorer.lessons.registry import LESSONS
from causal_explorer.sharing.link import from_params
from causal_explorer.ui import lesson as page_module
from causal_explorer.ui import serving

APP = Path(__file__).parents[2] / "app.py"
PAGE = Path(page_module.__file__).parent / "pages/lessons.py"
FIRST, LAST = LESSONS[0], LESSONS[-1]
ids = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The original runs for a few steps; what was told before is forgotten."""
    monkeypatch.setattr(original, "SETTINGS", SVISettings(steps=50))
    page_module._shelf.clear()
    yield
    page_module._shelf.clear()


def opened(**address):
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.query_params.update(address)
    return done(page.run())


def done(page):
    assert not page.exception
    assert not page.error
    return page


def block(page, mark):
    (found,) = [html.value for html in page.html if mark in html.value]
    return found


def lines(page):
    (told,) = re.findall(r'<div class="ce-told">(.*?)</div>', block(page, "ce-told"))
    return [unescape(line) for line in re.findall("<p>(.*?)</p>", told)]


@ids
def test_a_lesson_opens_by_its_address(lesson):
    page = opened(lesson=lesson.id)
    assert page.title[0].value == lesson.title
    assert len(lines(page)) == 3
    assert "<img" in block(page, "ce-told")
    assert 'alt=""' not in block(page, "ce-told")
    assert lesson.asked.replace("(", "") in page.info[0].value.replace("(", "").replace("\\", "")
    (answer,) = page.expander
    assert answer.label == "The answer"
    assert len(answer.markdown[0].value) > 100
    assert all(widget.help for widget in (*page.button, *page.radio))


@ids
def test_its_link_holds_its_state(lesson):
    link = unescape(re.search('href="(.*?)"', block(opened(lesson=lesson.id), "<a "))[1])
    assert urlsplit(link).path == f"./{lesson.page}"
    assert from_params(parse_qs(urlsplit(link).query), FACTORS) == lesson.state


@pytest.mark.parametrize("lesson", [FIRST, *LESSONS[4:6]], ids=lambda lesson: lesson.id)
def test_the_app_takes_every_input_of_the_link(lesson):
    page = AppTest.from_file(str(APP), default_timeout=60)
    for name, values in lesson.params(FACTORS).items():
        page.query_params[name] = values
    if lesson.page:
        page.switch_page(f"causal_explorer/ui/pages/{lesson.page}.py")
    done(page.run())
    state, shows = lesson.state, page.session_state
    assert tuple((name, shows[name]) for name, _ in state.sprite) == state.sprite
    assert list(shows["do"]) == [name for name, _ in state.do]
    assert tuple((name, shows[f"do_{name}"]) for name, _ in state.do) == state.do
    assert (shows["story"], shows["coupling"]) == (state.story, state.coupling)
    assert (shows["samples"], shows["seed"]) == (state.samples, state.seed)
    if not lesson.page:
        assert (shows["evidence"], shows["model"]) == (state.evidence, state.checkpoint)
        assert shows["view"] == (lesson.view or "What moved, and why")


@pytest.mark.parametrize("address", [{}, {"lesson": "unknown"}, {"lesson": ""}])
def test_any_other_address_opens_the_first(address):
    assert opened(**address).title[0].value == FIRST.title


def test_one_can_walk_through_them():
    page = opened()
    assert [button.label for button in page.button] == ["Next"]
    done(page.button(key="next").click().run())
    assert page.title[0].value == LESSONS[1].title
    assert "".join(page.query_params["lesson"]) == LESSONS[1].id
    assert page.radio(key="lesson").value == LESSONS[1].id
    done(page.button(key="previous").click().run())
    assert page.title[0].value == FIRST.title
    done(page.radio(key="lesson").set_value(LAST.id).run())
    assert page.title[0].value == LAST.title
    assert "".join(page.query_params["lesson"]) == LAST.id
    assert [button.label for button in page.button] == ["Previous"]


def test_a_server_computes_a_lesson_once(monkeypatch):
    told = lines(opened())
    monkeypatch.setattr(page_module, "_computed", None)
    assert lines(opened()) == told


def test_a_slow_lesson_is_watched(monkeypatch):
    bars = []

    class Bar:
        def __init__(self, *shown):
            bars.append(shown)

        def progress(self, *shown):
            bars.append(shown)

        def empty(self):
            bars.append(())

    def tell(opener, watch):
        for step in range(50):
            watch(step + 1, 0.0)
        assert opener is serving.explorer
        return Told(("a.", "b.", "c."), (shown("x", "y", np.zeros((64, 64))),), "d.")

    monkeypatch.setattr(page_module.st, "progress", Bar)
    page_module._computed(Lesson("slow", "Slow", "", FIRST.state, "Why?", tell, steps=50))
    assert bars == [(0.0,), (0.5, "Step 25 of 50"), (1.0, "Step 50 of 50"), ()]


def test_a_model_that_cannot_be_opened_is_one_sentence(monkeypatch):
    def broken(checkpoint, story):
        raise ValueError("The checkpoint is damaged.")

    monkeypatch.setattr(serving, "explorer", broken)
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not page.exception
    assert [error.value for error in page.error] == ["The checkpoint is damaged."]
