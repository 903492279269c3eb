"""Every page and every look of it: no error, nothing sideways, no request outside, axe content."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.serve import SCREENS, settled

PAGES = ["", "rungs", "story", "checks", "models", "training", "lessons", "about"]
FIGURED = [  # models whose figures differ in kind
    "SCM-VAE,+styled+sprites",
    "CausalVAE,+pendulum",
    "β-Intact-VAE,+faces",
    "CEVAE,+treatment",
    "β-VAE,+sprites",
    "Ladder+VAE,+sprites",
]
LOOKS = [
    "?evidence=Image+only&do=shape",
    "?evidence=Some+factors&known=shape&do=scale&do_scale=5",
    "?evidence=Upload",
    "?do=",
    "?present=true",
    "?view=Step+by+step&step=2+Abduction",
    "?view=How+sure+is+it%3F",
    "?view=Couplings",
    "?view=Compare",
    "?view=By+optimisation&model=scm-vae-mlp",
    "?view=Take+it+away",
    "?system=SCM-VAE,+styled+sprites&scm-vae-styled_view=Without+abduction+of+z",
    "?system=CausalVAE,+pendulum&causal-vae_view=The+learned+graph",
    "?system=β-Intact-VAE,+faces&intact-vae_view=Beyond+0+and+1",
    "?system=CEVAE,+treatment&cevae_view=Effects",
    "?system=β-VAE,+sprites",
    "?system=Ladder+VAE,+sprites",
    *(f"models?of={name}" for name in FIGURED),
]
GRAVE = {"serious", "critical"}


@pytest.fixture
def look(browser, address):
    """Opens an address in a theme and size; what it asked the network for and complained of."""
    opened = []

    def open_page(path, size="desktop", theme="light"):
        page = browser.new_page(viewport=SCREENS[size], color_scheme=theme)
        opened.append(page)
        hosts, complaints = set(), []
        page.on("request", lambda sent: hosts.add(urlsplit(sent.url).hostname))
        page.on("console", lambda said: complaints.append(said.text) if _is_ours(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/{path}")
        settled(page)
        return page, hosts, complaints

    yield open_page
    for page in opened:
        page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_in_each_size_and_theme(look, path, size, theme):
    page, hosts, complaints = look(path, size, theme)
    _require_sound(page, hosts, complaints)
    assert page.get_by_role("heading", level=1).count() == 1


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("path", LOOKS)
def test_a_look_of_the_first_page_is_sound(look, path, size):
    page, hosts, complaints = look(path, size)
    _require_sound(page, hosts, complaints)
    assert page.get_by_role("heading", level=1).count() == 1


def _is_ours(said):
    """Errors, but for Streamlit's own search for its server below the path of a page."""
    return said.type == "error" and "/_stcore/" not in said.location["url"]


def _require_sound(page, hosts, complaints):
    assert complaints == []
    assert hosts - {None, ""} <= {"127.0.0.1"}
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("[data-testid=stAlertContentError]").count() == 0
    main = page.locator("[data-testid=stMain]")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert main.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    found = Axe().run(page).response["violations"]
    grave = {v["id"]: [n["html"][:200] for n in v["nodes"]] for v in found if v["impact"] in GRAVE}
    assert grave == {}
    hidden = page.locator("img:not([alt])")
    assert hidden.count() == 0
