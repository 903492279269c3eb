"""The user's own checkpoints, offered wherever a shipped one is."""

import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer.checkpoint import find
from causal_explorer.ui import serving
from causal_explorer.ui.systems import answers
from tests.ui.conftest import APP, html

OWN = "runs/quick/scm-vae"
MINE = "runs/mine/beta-vae"
PAGES = APP.parent / "causal_explorer/ui/pages"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A working directory with two runs of the user's."""
    monkeypatch.chdir(tmp_path)
    for name in (OWN, MINE):
        shutil.copytree(find(name.rpartition("/")[2]), tmp_path / name)
    for opener in (serving.opened, serving.explorer, answers.system):
        opener.clear()
    return tmp_path


def opened(page, **address):
    found = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=90)
    found.query_params.update(address)
    found.run()
    assert not found.exception
    return found


def test_explore_asks_an_own_image_model():
    page = opened("explore", model=OWN)
    assert not page.error
    assert not page.warning
    assert page.selectbox(key="model").value == OWN
    assert 'data-live="iou"' in html(page)
    page = opened("explore", model=OWN, view="Take it away")
    assert f'ce.load("{OWN}")' in page.code[1].value


def test_explore_asks_an_own_system():
    page = opened("explore", system=MINE)
    assert not page.error
    assert page.selectbox(key="system").value == MINE
    assert ">Reconstruction</b>" in html(page)
    assert len({widget.key for widget in page.slider}) == len(page.slider) > 4


def test_models_shows_an_own_checkpoint():
    page = opened("models", of=OWN)
    assert not page.error
    assert page.selectbox(key="of").value == OWN
    assert any(OWN in title.value for title in page.subheader)
    assert f'scope="row">SCM-VAE, {OWN}<' in html(page)
    page = opened("models", of=MINE)
    assert "ce-walk" in html(page)


def test_sanity_checks_looks_at_an_own_image_model():
    page = opened("checks", model=OWN, check="Error maps")
    assert not page.error
    assert page.selectbox(key="model").value == OWN
    assert len(page.get("plotly_chart")) == 2
    assert OWN in opened("checks", model=OWN).selectbox(key="model").value


def test_a_run_without_figures_says_how_they_are_made(here):
    (here / OWN / "study.json").unlink()
    page = opened("checks", model=OWN)
    assert page.info[0].value.startswith(f"No figures are kept with {OWN}")
    assert page.code[0].value == f"python -m causal_explorer check {OWN} --save"


@pytest.mark.parametrize("kept", [{}, {"truth": 1}, {"truth": {"1 to 3": {"exact": "<b>"}}}])
def test_figures_that_are_not_as_they_should_be_are_a_sentence(here, kept):
    (here / OWN / "study.json").write_text(json.dumps({"check": kept}))
    page = opened("checks", model=OWN)
    assert page.warning[0].value.startswith(f"The figures kept with {OWN} cannot be read")


@pytest.mark.parametrize("page", ["explore", "checks"])
def test_a_damaged_run_is_a_sentence_and_the_shipped_one_is_asked(here, page):
    weights = here / OWN / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    found = opened(page, model=OWN)
    (warning,) = found.warning
    assert "does not match its checksum" in warning.value
    assert warning.value.endswith("Instead of it scm-vae is asked.")
    assert not found.error
    assert html(found)


@pytest.mark.parametrize(("page", "key"), [("models", "of"), ("explore", "system")])
def test_a_damaged_system_is_a_sentence(here, page, key):
    (here / MINE / "model.safetensors").unlink()
    (error,) = opened(page, **{key: MINE}).error
    assert "lacks model.safetensors" in error.value


def test_numbers_that_make_no_sense_hurt_no_other_row(here):
    metrics = here / OWN / "metrics.json"
    for seconds in ("soon", -1, 1e400, [1]):
        metrics.write_text(json.dumps({"seconds": seconds, "device": ["?"]}))
        assert f"SCM-VAE, {OWN}<" in html(opened("models"))


def test_a_new_save_is_opened_anew(here):
    opened("explore", model=OWN)
    first = serving.opened(OWN)
    sums = here / OWN / "SHA256SUMS"
    sums.write_text(sums.read_text() + "\n")
    opened("explore", model=OWN)
    assert serving.opened(OWN) is not first


@pytest.mark.parametrize("path", ["{here}/outside", "runs/../outside", "outside", "..", "/"])
def test_no_path_of_an_address_is_opened(here, path):
    shutil.copytree(find("scm-vae"), here / "outside")
    told = path.format(here=here)
    assert opened("explore", model=told).selectbox(key="model").value == "scm-vae"
    assert opened("models", of=told).selectbox(key="of").value == "scm-vae"


def test_sanity_checks_looks_at_an_own_model_of_styled_sprites(here):
    name = "runs/mine/scm-vae-styled"
    shutil.copytree(find("scm-vae-styled"), here / name)
    page = opened("checks", model=name)
    assert not page.error
    assert page.selectbox(key="model").value == name
    assert page.code[0].value == f"python -m causal_explorer check {name} --save"
    assert "style kept" in html(page)
    assert name not in opened("explore").selectbox(key="model").options
