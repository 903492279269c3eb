import io
import json

import numpy as np
import pytest
from PIL import Image

import causal_explorer as ce
from causal_explorer.sharing.picture import LINK
from tests.ui.systems.test_systems_page import LOOKS, opened

NAMES = [name for name, look in LOOKS if look == "Take it away"]


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_what_its_name_says(name, buttons):
    opened(name, view="Take it away")
    files = {key: (b["file_name"], b["mime"]) for key, b in buttons.items()}
    assert files["take_png"] == (f"{name}.png", "image/png")
    assert files["take_json"] == (f"{name}.json", "application/json")
    assert files["take_gif"][1] == "image/gif"
    picture = Image.open(io.BytesIO(buttons["take_png"]["data"]()))
    assert picture.format == "PNG"
    content = json.loads(buttons["take_json"]["data"]())
    assert content["link"] == picture.text[LINK]
    assert f"{name}_view=Take+it+away" in content["link"]


@pytest.mark.parametrize("name", NAMES)
def test_the_record_can_be_asked_again(name, buttons):
    opened(name, view="Take it away")
    content = json.loads(buttons["take_json"]["data"]())
    asked = content["question"]
    system = ce.load(asked["checkpoint"])
    words = {key: asked[key] for key in ("factors", "do", "samples", "seed")}
    answer = getattr(system, asked["rung"])(**words)
    assert content["l1"] == pytest.approx(answer.l1)
    np.testing.assert_allclose(content["density"], answer.density, atol=1e-6)
    np.testing.assert_allclose(content["truth"], answer.truth, atol=1e-6)
    before = {name: told["before"] for name, told in content["variables"].items()}
    assert set(asked["do"]) <= set(before)


def test_the_animation_keeps_the_colours(buttons):
    page = opened("intact-vae", view="Take it away")
    sweep = page.selectbox(key="intact-vae_sweep")
    assert sweep.options[0] == "do(Eyeglasses = …)"
    animation = Image.open(io.BytesIO(buttons["take_gif"]["data"]()))
    assert (animation.format, animation.n_frames) == ("GIF", 2)
    red, green, blue = animation.convert("RGB").split()
    assert red.tobytes() != green.tobytes() or green.tobytes() != blue.tobytes()
    sweep.select_index(1).run()
    assert buttons["take_gif"]["file_name"].startswith("intact-vae-sweep-")
    assert "do-" not in buttons["take_gif"]["file_name"]
