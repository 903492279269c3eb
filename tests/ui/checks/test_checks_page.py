"""The page Sanity checks, as a session sees it."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import causal_explorer as ce
from causal_explorer import checkpoint
from causal_explorer.checkpoint import shipped_mechanisms, shipped_sprites
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.metrics.errors import error_map
from causal_explorer.sharing.words import figure
from causal_explorer.ui import serving
from causal_explorer.ui.as_text import escape
from causal_explorer.ui.checks import traversal

APP = Path(__file__).parents[3] / "app.py"
PAGE = "causal_explorer/ui/pages/checks.py"
HEART = {"shape": 2, "scale": 3, "orientation": 4, "posX": 10, "posY": 16}


def opened(**address):
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params.update(address)
    page.switch_page(PAGE)
    return page.run()


def done(page):
    assert not page.exception
    assert not page.error
    assert not page.warning
    return page


def maps(page):
    """The counts of each error map."""
    found = []
    for chart in page.get("plotly_chart"):
        z = json.loads(chart.proto.spec)["data"][0]["z"]
        counts = np.frombuffer(base64.b64decode(z["bdata"]), z["dtype"])
        found.append(counts.reshape(tuple(map(int, z["shape"].split(",")))))
    return found


def strip(page):
    """The block of the traversal's pictures."""
    (block,) = [html.value for html in page.html if "ce-traversal" in html.value]
    return block


@pytest.mark.parametrize("model", shipped_mechanisms())
def test_the_measures_come_first(model):
    page = done(opened(model=model))
    assert page.metric[0].label == "Composition, ten times"
    assert [title.value for title in page.subheader] == [
        "Axioms",
        "Effectiveness",
        "Truth",
        "What z carries",
    ]
    (chart,) = page.get("plotly_chart")
    assert chart.proto.alt
    said = " ".join(caption.value for caption in page.main.caption)
    assert ("cannot fail either" in said) == (model == "scm-vae"), "no unit of its z is active"
    assert ("told how many corners" in said) == (model == "scm-vae")


def test_every_model_of_sprites_is_offered():
    page = done(opened())
    assert page.segmented_control(key="model").options == shipped_sprites()
    assert "scm-vae-styled" in shipped_sprites()


def test_the_measures_of_styled_sprites_are_those_of_its_study():
    page = done(opened(model="scm-vae-styled"))
    (table,) = [html.value for html in page.html if "ce-table" in html.value]
    for row in checkpoint.study("scm-vae-styled")["metrics"]:
        assert escape(row["name"]) in table
        assert figure(row["ours"], row["unit"]) in table
    assert page.code[0].value == "python -m causal_explorer check scm-vae-styled --save"


def test_a_report_of_the_library_is_shown_where_one_is_kept(monkeypatch):
    figures = [{"name": "IoU <b>", "value": 0.5, "unit": "", "note": "of 1"}, {"name": "broken"}, 7]
    monkeypatch.setattr(checkpoint, "study", lambda _: {"check": {"figures": figures}})
    page = done(opened(model="scm-vae-styled"))
    (table,) = [html.value for html in page.html if "ce-table" in html.value]
    assert "IoU &lt;b&gt;" in table
    assert "0.5" in table
    assert table.count("<tr>") == 2


def test_a_model_that_another_page_does_not_have_is_left_behind():
    page = done(opened(model="scm-vae-styled"))
    page.switch_page("causal_explorer/ui/pages/explore.py").run()
    assert not page.exception
    assert page.segmented_control(key="model").value == "scm-vae"


@pytest.mark.parametrize("model", shipped_sprites())
def test_the_error_maps_are_the_librarys_and_follow_the_sprite(model):
    explorer = ce.load(model)
    page = done(opened(check="Error maps", model=model))
    places, turns = maps(page)
    np.testing.assert_array_equal(places, error_map(explorer, HEART, "posX", "posY"))
    np.testing.assert_array_equal(turns, error_map(explorer, HEART, "orientation", "scale"))
    exact = int((places == 0).sum())
    said = [markdown.value for markdown in page.markdown]
    assert any("1,024 pictures" in words for words in said)
    assert any(words.startswith(f"{exact:,} of" if exact else "None of") for words in said)
    page.segmented_control(key="shape").set_value(0).run()
    page.slider(key="scale").set_value(5).run()
    square = HEART | {"shape": 0, "scale": 5}
    np.testing.assert_array_equal(maps(done(page))[0], error_map(explorer, square, "posX", "posY"))


@pytest.mark.parametrize("model", shipped_sprites())
@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_every_factor_is_traversed(model, factor):
    page = done(opened(check="Traversal", model=model))
    page.segmented_control(key="traversed").set_value(factor.name).run()
    found = ce.load(model).traverse(factor.name, HEART)
    assert strip(done(page)) == traversal.strip_html(found, factor, HEART[factor.name])
    assert strip(page).count("<figure") == factor.classes
    assert traversal.TEXT in [markdown.value for markdown in page.markdown]
    held = ", ".join(f"{v.name} = {v.label(HEART[v.name])}" for v in FACTORS if v != factor)
    assert page.main.caption[-1].value.endswith(f"Held fixed: {held}.")


def test_the_traversal_follows_the_sprite():
    page = done(opened(check="Traversal", traversed="shape"))
    before = re.findall(r'src="(.*?)"', strip(page))
    page.slider(key="posX").set_value(31).run()
    after = re.findall(r'src="(.*?)"', strip(done(page)))
    assert len(before) == len(after) == 9
    assert all(old != new for old, new in zip(before[::3], after[::3], strict=True))


def test_a_link_with_nonsense_shows_the_page():
    page = opened(check="colour", traversed="hue", posX="1e400", model="vae")
    assert not page.exception
    assert not page.error
    assert len(page.warning) == 1
    assert page.metric


def test_only_the_open_view_is_computed(monkeypatch):
    def refuse(*_):
        raise AssertionError

    for name in ("errors_over", "traversal"):
        monkeypatch.setattr(serving, name, refuse)
    done(opened())


@pytest.mark.parametrize("check", ["Measures", "Error maps", "Traversal"])
def test_every_widget_is_explained(check):
    page = done(opened(check=check))
    widgets = [*page.segmented_control, *page.slider]
    assert len(widgets) == 6 + (check == "Traversal")
    assert all(widget.help for widget in widgets)


def test_missing_figures_are_one_sentence_and_the_rest_stays(monkeypatch):
    monkeypatch.setattr("causal_explorer.checkpoint.measured", lambda _: None)
    page = done(opened())
    assert "No figures are kept with scm-vae" in page.info[0].value
    assert not page.metric
    assert page.slider(key="posX").value == 10


def test_a_missing_checkpoint_is_one_sentence(tmp_path, monkeypatch):
    serving.opened.clear()
    monkeypatch.setattr(checkpoint, "SHIPPED", tmp_path)
    page = opened()
    assert not page.exception
    (error,) = page.error
    assert "scm-vae" in error.value
