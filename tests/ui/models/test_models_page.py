"""The page Models, as a session sees it."""

import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer.checkpoint import study
from causal_explorer.sharing.catalogue import entry, label, systems
from causal_explorer.ui.models import figures
from tests.ui.conftest import APP, html, ran

PAGE = APP.parent / "causal_explorer" / "ui" / "pages" / "models.py"
STUDIED = [name for name in systems() if study(name)]


def opened(name):
    return ran(PAGE, of=label(name))


@pytest.mark.parametrize("name", systems())
def test_each_model_has_a_row_and_a_page(name):
    page = opened(name)
    told = html(page)
    assert all(entry(other).title in told for other in systems())
    assert page.subheader[0].value == f"{entry(name).title} on {entry(name).noun}"
    assert page.get("link_button")[0].proto.url.startswith("./?system=")


@pytest.mark.parametrize("name", STUDIED)
def test_each_study_is_shown_with_its_command_and_its_figures(name):
    page, kept = opened(name), study(name)
    assert any(kept["command"] in caption.value for caption in page.caption)
    assert all(own["name"] in html(page) for own in kept["metrics"])
    drawn = [key for key in figures.FIGURES if key in kept["series"]]
    assert len(page.get("plotly_chart")) == len(drawn)
    assert bool(drawn) == bool(kept["series"])  # a study that kept curves shows some


@pytest.mark.parametrize("name", ["beta-vae", "ladder-vae", "causal-vae", "intact-vae"])
def test_latents_are_traversed(name):
    assert html(opened(name)).count("<img") >= 9


def test_an_unknown_name_in_the_address_is_the_first_model():
    page = AppTest.from_file(str(PAGE), default_timeout=90)
    page.query_params["of"] = "nothing"
    page.run()
    assert not page.exception
    assert page.subheader[0].value == "SCM-VAE on sprites"
