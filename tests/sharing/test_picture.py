import io

import numpy as np
import pytest
from PIL import Image, ImageFont

from causal_explorer.sharing.panel import Figure, Panel, panel
from causal_explorer.sharing.picture import GAP, LINK, MARGIN, SIDE, WIDTH, drawings, panel_png
from tests.ui.small import HEART, NAMES, answer, question

SQUARE = (0, *HEART[1:])
LONG = "This is a heart. What would it have looked like, had it been a square? " * 3


def noisy(sentence="This is a heart.", formula="do(shape = square)"):
    """Four pictures that are alike nowhere."""
    drawn = np.random.default_rng(0).random((4, 64, 64))
    figures = tuple(Figure(f"Picture {k}", "a caption", "", x) for k, x in enumerate(drawn))
    return Panel(sentence, formula, figures, "0.00012", "0.998", "A remark.")


def opened(data):
    return Image.open(io.BytesIO(data))


def greys(picture):
    """(256, 256): the picture in 8 bits, each pixel 4 × 4."""
    return np.kron(np.rint(picture * 255), np.ones((4, 4)))


def top(pixels, shown):
    """The row at which the first picture begins."""
    wanted = greys(shown.figures[0].picture)
    columns = pixels[:, MARGIN : MARGIN + SIDE]
    rows = range(len(pixels) - SIDE + 1)
    (found,) = [y for y in rows if (columns[y : y + SIDE] == wanted).all()]
    return found


@pytest.mark.parametrize("sentence", ["Short.", LONG])
def test_the_four_pictures_are_the_panels_pixel_by_pixel(sentence):
    shown = noisy(sentence)
    pixels = np.asarray(opened(panel_png(shown)))
    y = top(pixels, shown)
    for place, figure in enumerate(shown.figures):
        x = MARGIN + place * (SIDE + GAP)
        assert (pixels[y : y + SIDE, x : x + SIDE] == greys(figure.picture)).all()


def test_long_sentences_wrap_within_the_margins():
    short, long = (np.asarray(drawings([noisy(s)])[0]) for s in ("Short.", LONG))
    assert top(long, noisy()) > top(short, noisy())
    assert short.shape[1] == long.shape[1] == WIDTH
    assert (long[:, :MARGIN] == 255).all()
    assert (long[:, -MARGIN:] == 255).all()
    assert (long[: top(long, noisy())] < 128).any(), "the sentence stands above the pictures"


def test_panels_drawn_together_keep_each_part_in_its_place():
    panels = [noisy("Short."), noisy(LONG)]
    short, long = (np.asarray(image) for image in drawings(panels))
    assert short.shape == long.shape
    assert top(short, panels[0]) == top(long, panels[1])


def test_the_link_travels_in_the_picture():
    link = "http://localhost:8501/?shape=heart&do=shape&do_shape=square"
    assert opened(panel_png(noisy(), link)).text == {LINK: link}
    assert opened(panel_png(noisy())).text == {}


def test_without_a_do_the_answers_frames_are_empty():
    asked = panel(question({}), answer({"shape": 2}, [HEART]))
    pixels = np.asarray(opened(panel_png(asked)))
    full = panel(question({"shape": 0}), answer({"shape": 0}, [SQUARE]))
    assert len(pixels) < len(np.asarray(opened(panel_png(full)))), "no formula and no numbers"
    y = top(pixels, asked)
    for place in (2, 3):
        x = MARGIN + place * (SIDE + GAP)
        frame = pixels[y : y + SIDE, x : x + SIDE]
        assert (frame[0] < 255).all()
        assert 0.9 < (frame[1:-1, 1:-1] == 255).mean() < 1, "white but for a question mark"


@pytest.mark.parametrize("part", ["l1", "iou", "remark", "sentence", "formula"])
def test_every_word_is_drawn(part):
    shown = noisy()
    other = Panel(**(vars(shown) | {part: "other"}))
    assert panel_png(other) != panel_png(shown)


def test_characters_that_the_font_lacks_are_written_plainly():
    assert panel_png(noisy("2 × 3 − 1 – 4 → 5")) == panel_png(noisy("2 x 3 - 1 - 4 -> 5"))


@pytest.mark.parametrize("evidence", ["sprite", "image", "factors", "upload"])
def test_the_font_has_every_character_of_our_words(evidence):
    font = ImageFont.load_default(size=20)
    lacking = bytes(font.getmask("\uffff"))
    do = dict(zip(NAMES, SQUARE, strict=True))
    spread = np.full((64, 64), 0.1)
    panels = []
    for targets in ({}, do, {"shape": 2}):
        asked = vars(question(targets, 1000)) | {"evidence": evidence, "known": NAMES}
        found = answer(targets or {"shape": 2}, [SQUARE], spread, spread)
        panels.append(panel(type(question({}))(**asked), found))
    words = [w for p in panels for w in (p.sentence, p.formula, p.l1, p.iou, p.remark)]
    words += [w for p in panels for figure in p.figures for w in (figure.title, figure.caption)]
    drawn = set("".join(words)) - {" "} | {"·", "?", ":"}
    assert [c for c in sorted(drawn) if bytes(font.getmask(c)) == lacking] == []
