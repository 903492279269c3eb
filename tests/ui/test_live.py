import re

import pytest

from causal_explorer.data import dsprites
from causal_explorer.sharing.panel import panel
from causal_explorer.ui import controls, live, serving
from causal_explorer.ui.pictures import panel_html
from tests.ui.small import HEART, NAMES, question


def slots(html):
    return set(re.findall(r'data-live="([\w-]+)"', html))


@pytest.mark.parametrize("control", ["shape", "posX", "do_scale"])
def test_a_strip_holds_the_page_of_every_value(control):
    asked = question({"scale": 0}, samples=11)
    strip = serving.strip(asked, control)
    variable = next(v for v in dsprites.FACTORS if v.name == control.removeprefix("do_"))
    assert len(strip) == variable.classes
    for k, shown in enumerate(strip):
        name = "do" if control.startswith("do_") else "sprite"
        pairs = dict(getattr(asked, name)) | {variable.name: k}
        other = type(asked)(**{**vars(asked), name: tuple(pairs.items())})
        assert panel_html(shown) == panel_html(panel(other, serving.answer(other)))


def test_a_frame_fills_every_slot_of_the_page():
    asked = question({"scale": 0}, samples=11)
    shown = panel(asked, serving.answer(asked))
    assert set(live._told(live.frame(shown))) == slots(panel_html(shown))


def test_a_strip_that_cannot_be_asked_is_empty():
    asked = question({"scale": 0}, samples=0)
    assert serving.strip(asked, "do_scale") == ()


def test_what_would_take_long_is_not_followed():
    quick, slow = question({"posX": 0}, samples=1_001), question({"posX": 0}, samples=10_001)
    assert controls.followed(quick) == {"do_posX": 0, **dict(zip(NAMES, HEART, strict=True))}
    assert controls.followed(slow) == {"do_posX": 0}


def test_a_kept_panel_does_not_follow():
    asked = question({"scale": 0}, samples=11)
    shown = panel(asked, serving.answer(asked))
    assert not slots(panel_html(shown, "A", live=False))
