import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer import checkpoint
from causal_explorer.ui import serving

APP = Path(__file__).parents[2] / "app.py"
TRUTH = "Truth under Gumbel-max"
TITLES = ["Original", "Reconstruction", "Counterfactual density", TRUTH]
SPRITE = ("shape", "scale", "orientation", "posX", "posY")


@pytest.fixture(autouse=True)
def fresh():
    """Each test opens the checkpoint by itself."""
    serving.opened.clear()
    serving.explorer.clear()
    serving.answer.clear()


def block(page):
    """The HTML of the four pictures."""
    (found,) = [html.value for html in page.html if ">Original</b>" in html.value]
    return found


def pictures(page):
    """By title, the address that holds each picture."""
    found = re.findall(r'<img data-live="\w+" src="(.*?)".*?<b[^>]*>(.*?)</b>', block(page))
    return {title: source for source, title in found}


def number(page, slot):
    return re.search(rf'data-live="{slot}">(.*?)<', block(page)).group(1)


def reasons(page):
    (table,) = [html.value for html in page.html if "ce-table" in html.value]
    return dict(re.findall(r'<th scope="row">(\w+)</th>.*?<td>([^<]*)</td></tr>', table))


def sprite(page):
    return tuple(page.session_state[name] for name in SPRITE)


def test_the_first_screen_answers_without_a_click(app):
    assert app.title[0].value == "Causal Explorer"
    assert list(pictures(app)) == TITLES
    assert "had it been a square?" in block(app)
    assert 0 <= float(number(app, "iou")) <= 1
    assert not app.warning
    assert not app.error


def test_the_first_screen_is_right(app):
    shown = pictures(app)
    assert shown["Original"] != shown[TRUTH]
    assert float(number(app, "iou")) >= 0.95
    assert reasons(app)["shape"] == "set by do()"


def test_another_target_gives_another_answer(app):
    before = pictures(app)
    app.pills(key="do").set_value(["scale"]).run()
    app.slider(key="do_scale").set_value(5).run()
    assert not app.exception
    after = pictures(app)
    assert after["Original"] == before["Original"]
    assert after[TRUTH] != before[TRUTH]
    assert after["Counterfactual density"] != before["Counterfactual density"]
    assert reasons(app)["shape"] == "not a descendant: cannot move"
    (chart,) = app.get("graphviz_chart")
    assert '"shape" -> "scale" [' in chart.proto.spec


def test_an_empty_do_is_one_sentence_and_loses_nothing(app):
    before = pictures(app)
    app.pills(key="do").set_value([]).run()
    assert not app.exception
    assert len(app.info) == 1
    assert 'data-live="iou"' not in block(app)
    after = pictures(app)
    assert list(after) == ["Original", "Reconstruction"]
    assert all(after[title] == before[title] for title in after)
    app.pills(key="do").set_value(["shape"]).run()
    assert pictures(app) == before


def test_nothing_else_moves_under_the_independent_story(app):
    app.segmented_control(key="story").set_value("independent").run()
    assert not app.exception
    why = reasons(app)
    assert why.pop("shape") == "set by do()"
    assert set(why.values()) == {"not a descendant: cannot move"}


def test_the_coupling_and_the_seed_are_part_of_the_question(app):
    before = pictures(app)[TRUTH]
    app.segmented_control(key="coupling").set_value("monotone").run()
    other = "Truth under monotone"
    monotone = pictures(app)[other]
    assert monotone != before
    app.number_input(key="seed").set_value(1).run()
    assert pictures(app)[other] != monotone
    app.number_input(key="seed").set_value(0).run()
    assert pictures(app)[other] == monotone


def test_one_draw_is_one_sprite(app):
    app.select_slider(key="samples").set_value(1).run()
    assert not app.exception
    assert "1 draw of the noise" in block(app)


def test_do_of_what_holds_already_is_composition(app):
    app.segmented_control(key="do_shape").set_value(2).run()
    shown = pictures(app)
    assert shown[TRUTH] == shown["Original"]
    assert "composition" in number(app, "remark")


def test_a_random_sprite_moves_the_sliders(app, monkeypatch):
    monkeypatch.setattr(serving, "fresh_seed", lambda: 5)
    app.button(key="random").click().run()
    assert not app.exception
    assert sprite(app) == serving.sprites("default", 1, 5)[0]
    assert app.slider(key="scale").value == app.session_state["scale"]


def test_a_thumbnail_picks_its_sprite_and_others_can_be_drawn(app):
    drawn = serving.sprites("default", 8, 0)
    app.button(key="thumbnail_3").click().run()
    assert sprite(app) == drawn[3]
    labels = [app.button(key=f"thumbnail_{i}").label for i in range(8)]
    assert len(set(labels)) == 8
    app.button(key="others").click().run()
    assert not app.exception
    assert [app.button(key=f"thumbnail_{i}").label for i in range(8)] != labels
    assert sprite(app) == drawn[3]


def test_a_link_reproduces_the_state():
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params.update({"shape": "square", "scale": "5", "do": "posX", "do_posX": "31"})
    page.run()
    assert "This is a square." in block(page)
    assert "had its posX been 31?" in block(page)
    assert page.slider(key="scale").value == 5


def test_a_link_with_nonsense_falls_back_to_the_first_screen(app):
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params.update({"shape": "star", "scale": "99", "do": "colour", "samples": "-1"})
    page.run()
    assert not page.exception
    assert pictures(page) == pictures(app)


def test_a_refusal_of_the_library_is_one_sentence(app, monkeypatch):
    def refuse(question):
        raise ValueError("scale=99 is not a class of scale.")

    monkeypatch.setattr(serving, "answer", refuse)
    app.run()
    assert not app.exception
    assert [warning.value for warning in app.warning] == ["scale=99 is not a class of scale."]


def test_a_missing_checkpoint_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHIPPED", tmp_path)
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert page.title[0].value == "Causal Explorer"
    (error,) = page.error
    assert "There is no checkpoint 'scm-vae'" in error.value


def test_a_damaged_checkpoint_is_one_sentence_until_it_is_mended(tmp_path, monkeypatch):
    shipped = checkpoint.SHIPPED / "scm-vae"
    shutil.copytree(shipped, tmp_path / "scm-vae")
    weights = tmp_path / "scm-vae" / "model.safetensors"
    data = np.frombuffer(weights.read_bytes(), dtype=np.uint8).copy()
    data[-1] ^= 1
    weights.write_bytes(data.tobytes())
    monkeypatch.setattr(checkpoint, "SHIPPED", tmp_path)
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    (error,) = page.error
    assert "checksum" in error.value
    shutil.copyfile(shipped / "model.safetensors", weights)
    page.run()
    assert not page.error
    assert list(pictures(page)) == TITLES


def test_another_image_model_paints_the_same_truth_worse(app):
    before, sharp = pictures(app), float(number(app, "l1").lstrip("&lt; "))
    app.segmented_control(key="model").set_value("scm-vae-mlp").run()
    assert not app.exception
    after = pictures(app)
    assert after[TRUTH] == before[TRUTH]
    assert after["Reconstruction"] != before["Reconstruction"]
    assert float(number(app, "l1")) > 10 * sharp
