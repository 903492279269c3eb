"""The page Training, as a session sees it."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer import checkpoint
from tests.ui.own_runs import make_run

PAGE = Path(__file__).parents[3] / "causal_explorer/ui/pages/training.py"
SHIPPED = ["scm-vae", "scm-vae-mlp"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A working directory without runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def opened(**address):
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.query_params.update(address)
    return done(page.run())


def done(page):
    assert not page.exception
    assert not page.error
    assert not page.warning
    return page


def curves(page):
    """The names in the legends, and the title of the x axis."""
    figures = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    shown = [trace["name"] for own in figures for trace in own["data"] if trace["showlegend"]]
    (against,) = {own["layout"]["xaxis"]["title"]["text"] for own in figures}
    return shown, against


def compared(page):
    (table, *_) = [html.value for html in page.html if "held-out loss" in html.value]
    return table


def captions(page):
    return " ".join(caption.value for caption in page.caption)


def test_the_first_screen_compares_the_shipped_image_models():
    page = opened()
    assert page.title[0].value == "Training"
    assert curves(page) == (SHIPPED, "images")
    assert page.selectbox(key="run").options == SHIPPED
    trained = checkpoint.kept(checkpoint.find("scm-vae"), "metrics.json")
    assert f">{trained['test']['loss']:.4f}<" in compared(page)
    assert any("scm-vae on dsprites, trained" in html.value for html in page.html)
    assert any("train.learning_rate" in html.value for html in page.html)


def test_losses_that_cannot_be_compared_have_charts_of_their_own():
    page = opened(runs=["scm-vae", "scm-vae-mlp", "intact-vae"])
    given, density = page.get("plotly_chart")
    assert "scm-vae 0.0" in given.proto.alt
    assert "scm-vae-mlp" in given.proto.alt
    assert "intact-vae" not in given.proto.alt
    assert "intact-vae -3" in density.proto.alt
    told = [text.value for text in page.markdown]
    assert "**−ELBO of the picture, given its factors**" in told
    assert any("below 0 is possible" in text for text in told)


def test_without_own_runs_one_sentence_says_how_to_make_one(here):
    told = "python -m train scm-vae --out runs/quick --set train.steps=5000 --device cpu"
    assert told in captions(opened())
    make_run(here / "runs/quick")
    assert told not in captions(opened())


def test_every_widget_explains_itself():
    page = opened()
    widgets = [*page.get("button_group"), *page.multiselect, *page.selectbox, *page.button]
    assert len(widgets) == 4
    assert all(widget.proto.help for widget in widgets)


def test_an_own_run_is_compared_with_a_shipped_one(here):
    make_run(here / "runs/quick", saved=300)
    page = opened()
    page.multiselect(key="runs").set_value(["scm-vae", "runs/quick"])
    done(page.segmented_control(key="against").set_value("seconds").run())
    assert curves(page) == (["scm-vae", "runs/quick"], "seconds")
    assert "12.5000, validation at step 300" in compared(page)
    done(page.selectbox(key="run").set_value("runs/quick").run())
    assert any("Saved at step 300." in html.value for html in page.html)


def test_refresh_reads_what_was_written_since(here):
    page = opened()
    assert "runs/quick" not in page.multiselect(key="runs").options
    log = make_run(here / "runs/quick") / "metrics.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:2]))
    done(page.button(key="refresh").click().run())
    done(page.multiselect(key="runs").set_value(["runs/quick"]).run())
    assert ">200<" in compared(page)
    log.write_text("".join(lines))
    make_run(here / "runs/later")
    done(page.button(key="refresh").click().run())
    assert page.multiselect(key="runs").value == ["runs/quick"], "kept, although there is another"
    assert ">500<" in compared(page)


def test_a_run_without_a_save_says_so(here):
    make_run(here / "runs/young")
    page = opened(runs="runs/young")
    assert curves(page)[0] == ["runs/young"]
    (info,) = page.info
    assert info.value.startswith("runs/young has no save yet")


def test_damaged_lines_are_one_sentence(here):
    log = make_run(here / "runs/quick") / "metrics.jsonl"
    log.write_text(log.read_text() + '{"step": 6')
    page = opened(runs="runs/quick")
    assert "runs/quick/metrics.jsonl: 1 line, damaged or half-written" in captions(page)
    assert ">500<" in compared(page)


def test_an_empty_log_and_a_broken_save_crash_nothing(here):
    log = make_run(here / "runs/new", saved=300) / "metrics.jsonl"
    log.write_text("")
    for name in ("config.json", "metrics.json", "card.md"):
        (log.parent / "scm-vae" / name).write_bytes(b"\xff{")
    page = opened(runs="runs/new")
    assert curves(page)[0] == []
    assert "is still empty" in captions(page)


def test_no_run_chosen_is_one_sentence():
    page = opened()
    done(page.multiselect(key="runs").set_value([]).run())
    assert [info.value for info in page.info] == ["Choose at least one run."]
    assert not page.get("plotly_chart")


def test_a_link_reproduces_the_state(here):
    make_run(here / "runs/my_run", saved=500)
    address = {"runs": ["recogniser", "runs/my_run"], "against": "steps", "run": "runs/my_run"}
    page = opened(**address)
    assert curves(page) == (["recogniser", "runs/my_run"], "steps")
    assert page.selectbox(key="run").value == "runs/my_run"


@pytest.mark.parametrize(
    "address",
    [
        {"runs": "../../etc"},
        {"runs": ["x", "y"]},
        {"against": "hours"},
        {"run": "recogniser"},
        {"run": ""},
    ],
    ids=str,
)
def test_an_address_with_nonsense_falls_back_to_the_first_screen_and_says_so(address):
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.query_params.update(address)
    page.run()
    assert not page.exception
    assert len(page.warning) == 1
    assert curves(page) == (SHIPPED, "images")


def test_an_address_that_empties_a_choice_leaves_the_first_screen():
    assert curves(opened(against="")) == (SHIPPED, "images")


def test_the_words_of_a_folder_are_shown_as_they_are(here):
    name = "![x](y)"
    log = make_run(here / "runs" / name) / "metrics.jsonl"
    log.write_text("half")
    page = opened()
    done(page.multiselect(key="runs").set_value([f"runs/{name}"]).run())
    assert r"runs/!\[x\](y)/metrics.jsonl" in captions(page)
    assert "![" not in captions(page) + page.info[0].value
    assert f"runs/{name}" in page.multiselect(key="runs").options  # a list shows them as they are


def test_without_shipped_checkpoints_there_are_the_own_runs(here, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHIPPED", here / "none")
    make_run(here / "runs/quick")
    page = opened()
    assert [info.value for info in page.info] == ["Choose at least one run."]
    done(page.multiselect(key="runs").set_value(["runs/quick"]).run())
    assert curves(page)[0] == ["runs/quick"]
