import io
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from causal_explorer.data import dsprites
from causal_explorer.sharing.link import from_params
from causal_explorer.sharing.picture import LINK
from causal_explorer.sharing.record import question_of
from causal_explorer.sharing.script import python_lines
from causal_explorer.ui import serving
from tests.ui.small import HEART, question

ASKED = question({"shape": 0, "posX": 31})
BITS = np.packbits(dsprites.render(np.array([HEART]))[0]).tobytes()


def page(asked):
    from causal_explorer.ui import serving
    from causal_explorer.ui.explore import takeaway

    takeaway.panel(asked, serving.answer(asked))


def shown(asked):
    app = AppTest.from_function(page, kwargs={"asked": asked}, default_timeout=60).run()
    assert not app.exception
    return app


def test_the_link_asks_the_question_again():
    link = shown(ASKED).code[0].value
    assert from_params(parse_qs(urlsplit(link).query), dsprites.FACTORS) == ASKED


def test_the_python_lines_are_shown():
    code = shown(ASKED).code[1]
    assert code.language == "python"
    assert code.value == python_lines(ASKED, dsprites.FACTORS).strip()


def test_each_file_is_what_its_name_says(buttons):
    link = shown(ASKED).code[0].value
    files = {key: (b["file_name"], b["mime"]) for key, b in buttons.items()}
    assert files == {
        "take_png": ("heart-do-shape-square-posX-31.png", "image/png"),
        "take_json": ("heart-do-shape-square-posX-31.json", "application/json"),
        "take_gif": ("heart-do-shape-square-posX-31-sweep-do-shape.gif", "image/gif"),
    }
    picture = Image.open(io.BytesIO(buttons["take_png"]["data"]()))
    assert (picture.format, picture.text[LINK]) == ("PNG", link)
    animation = Image.open(io.BytesIO(buttons["take_gif"]["data"]()))
    assert (animation.format, animation.n_frames) == ("GIF", 3)
    content = json.loads(buttons["take_json"]["data"]())
    assert content["link"] == link
    assert question_of(content) == ASKED


def test_the_control_that_is_chosen_is_swept(buttons):
    app = shown(ASKED)
    assert app.selectbox(key="take_sweep").options[:3] == [
        "do(shape = …)",
        "do(posX = …)",
        "shape",
    ]
    app.selectbox(key="take_sweep").set_value("scale").run()
    assert not app.exception
    assert buttons["take_gif"]["file_name"].endswith("-sweep-scale.gif")
    assert Image.open(io.BytesIO(buttons["take_gif"]["data"]())).n_frames == 6


def test_nothing_is_made_before_a_click(buttons, monkeypatch):
    def strip(*_):
        raise AssertionError("swept before the click")

    monkeypatch.setattr(serving, "strip", strip)
    shown(ASKED)
    assert {b["on_click"] for b in buttons.values()} == {"ignore"}
    with pytest.raises(AssertionError, match="before the click"):
        buttons["take_gif"]["data"]()


def test_every_widget_explains_itself(buttons):
    app = shown(ASKED)
    assert all(b["help"] for b in buttons.values())
    assert all(box.help for box in app.selectbox)
    assert (len(buttons), len(app.selectbox)) == (3, 1)


@pytest.mark.parametrize(
    ("changes", "stem", "controls"),
    [
        ({"do": ()}, "heart", 5),
        ({"evidence": "image"}, "image-do-shape-square-posX-31", 7),
        ({"evidence": "factors", "known": ("scale",)}, "factors-do-shape-square-posX-31", 3),
        ({"evidence": "upload", "upload": BITS}, "upload-do-shape-square-posX-31", 2),
    ],
)
def test_each_kind_of_question_can_be_taken_away(buttons, changes, stem, controls):
    app = shown(replace(ASKED, **changes))
    assert buttons["take_png"]["file_name"] == f"{stem}.png"
    assert len(app.selectbox(key="take_sweep").options) == controls
    assert Image.open(io.BytesIO(buttons["take_png"]["data"]())).format == "PNG"


def test_an_upload_without_a_do_has_nothing_to_sweep(buttons):
    app = shown(replace(ASKED, evidence="upload", upload=BITS, do=()))
    assert set(buttons) == {"take_png", "take_json"}
    assert not app.selectbox
