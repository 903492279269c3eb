from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def app():
    """The first screen."""
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    return page


def ran(path, **query):
    """A page after its first run at an address, without complaint."""
    page = AppTest.from_file(str(path), default_timeout=90)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    assert not page.error
    return page


def html(page):
    """All that a page says in HTML, as text with its tags."""
    return unescape(" ".join(element.proto.body for element in page.get("html")))


@pytest.fixture
def buttons(monkeypatch):
    """What each download button was given, by its key, as the page ran last."""
    given, real = {}, st.download_button

    def spy(label, data, file_name, mime, *, key, **rest):
        given[key] = {"data": data, "file_name": file_name, "mime": mime, **rest}
        return real(label, data, file_name, mime, key=key, **rest)

    monkeypatch.setattr(st, "download_button", spy)
    return given
