import io
import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import causal_explorer as ce
from causal_explorer.sharing.picture import LINK
from tests.ui.systems.test_systems_page import LOOKS, PAGE, opened

NAMES = [name for name, look in LOOKS if look == "Take it away"]


def record(buttons):
    return json.loads(buttons["take_json"]["data"]())


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_what_its_name_says(name, buttons):
    opened(name, view="Take it away")
    stem = f"{name}-do-"
    assert all(each["file_name"].startswith(stem) for each in buttons.values())
    kinds = {key: each["mime"] for key, each in buttons.items()}
    assert kinds == {
        "take_png": "image/png",
        "take_json": "application/json",
        "take_gif": "image/gif",
    }
    picture = Image.open(io.BytesIO(buttons["take_png"]["data"]()))
    assert (picture.format, picture.text[LINK]) == ("PNG", record(buttons)["link"])


@pytest.mark.parametrize("name", NAMES)
def test_the_link_asks_the_question_again(name, buttons):
    page = opened(name, view="Take it away")
    if any(field.key == "seed" for field in page.number_input):
        page.number_input(key="seed").set_value(7).run()
    first = record(buttons)
    again = AppTest.from_file(str(PAGE), default_timeout=90)
    for key, values in parse_qs(urlsplit(first["link"]).query).items():
        again.query_params[key] = values
    again.query_params[f"{name}_view"] = "Take it away"
    again.run()
    assert not again.exception
    assert record(buttons)["question"] == first["question"]
    named = parse_qs(urlsplit(first["link"]).query)
    assert {f"{name}_{variable}" for variable in first["question"]["factors"]} <= set(named)


@pytest.mark.parametrize("name", NAMES)
def test_the_record_can_be_asked_again(name, buttons):
    opened(name, view="Take it away")
    content = record(buttons)
    asked = content["question"]
    system = ce.load(asked["checkpoint"])
    words = {key: asked[key] for key in ("factors", "do", "samples", "seed")}
    answer = getattr(system, asked["rung"])(**words)
    assert content["l1"] == pytest.approx(answer.l1)
    np.testing.assert_allclose(content["density"], answer.density, atol=1e-6)
    np.testing.assert_allclose(content["truth"], answer.truth, atol=1e-6)
    if isinstance(answer, ce.CounterfactualAnswer):
        after = {variable.name: answer.shares(variable.name) for variable in answer.variables}
    else:
        after = answer.counterfactual
    told = {v: stages["after"] for v, stages in content["variables"].items() if "after" in stages}
    assert set(told) == set(after)
    for variable, value in told.items():
        np.testing.assert_allclose(value, after[variable])


def test_the_animation_keeps_the_colours(buttons):
    page = opened("intact-vae", view="Take it away")
    sweep = page.selectbox(key="intact-vae_sweep")
    assert sweep.options[0] == "do(Eyeglasses = …)"
    animation = Image.open(io.BytesIO(buttons["take_gif"]["data"]()))
    assert (animation.format, animation.n_frames) == ("GIF", 2)
    animation.seek(1)
    moving = np.asarray(animation.convert("RGB"), int)
    still = Image.open(io.BytesIO(buttons["take_png"]["data"]())).convert("RGB")
    apart = np.abs(moving - np.asarray(still, int))[: still.height - 30]  # above the bar
    assert np.quantile(apart, 0.99) <= 6
    sweep.select_index(1).run()
    assert "-sweep-do-" not in buttons["take_gif"]["file_name"]


def test_what_changes_nothing_is_not_swept(buttons):
    page = opened("scm-vae-styled", view="Take it away", style="solid")
    assert not {"direction", "width"} & set(page.selectbox(key="scm-vae-styled_sweep").options)
