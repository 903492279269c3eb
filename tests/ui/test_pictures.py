import base64
import io
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image

from causal_explorer.sharing.panel import Figure, Panel
from causal_explorer.ui.pictures import data_uri, figures_html, panel_html, png

HOSTILE = "<script>alert(\"1\")</script> & 'more'"


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "L"
        return np.asarray(image) / 255


def test_a_png_decodes_back_to_the_picture_within_half_a_grey_level():
    picture = np.random.default_rng(0).random((64, 64))
    assert np.abs(decoded(png(picture)) - picture).max() <= 0.5 / 255 + 1e-12


def test_a_binary_picture_survives_exactly():
    picture = np.random.default_rng(0).integers(0, 2, (64, 64)).astype(np.uint8)
    assert (decoded(png(picture)) == picture).all()


def test_rounding_errors_of_a_density_do_not_wrap_round():
    picture = np.array([[-1e-9, 1 + 1e-9]])
    assert decoded(png(picture)).tolist() == [[0.0, 1.0]]


def test_colours_stay_as_they_are():
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    with Image.open(io.BytesIO(png(picture))) as image:
        assert image.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(image), picture)


def test_a_data_uri_holds_the_png():
    picture = np.eye(64)
    head, body = data_uri(picture).split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body) == png(picture)


def test_all_words_are_escaped():
    figure = Figure(HOSTILE, HOSTILE, HOSTILE, np.zeros((64, 64)))
    page = panel_html(Panel(HOSTILE, HOSTILE, (figure,), HOSTILE, HOSTILE, HOSTILE), HOSTILE)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 9
    (alt,) = re.findall(r'alt="([^"]*)"', page)
    assert unescape(alt) == HOSTILE


@pytest.mark.parametrize("empty", [0, 1, 4])
def test_an_empty_frame_keeps_its_place_but_shows_no_picture(empty):
    pictures = [None] * empty + [np.zeros((64, 64))] * (4 - empty)
    page = figures_html("", [Figure("a", "b", "c", picture) for picture in pictures])
    assert page.count("<figure>") == 4
    assert page.count("<img") == 4 - empty
