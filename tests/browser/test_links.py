"""A link reproduces the state: on this server, and on another that has never seen it."""

import re
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from causal_explorer.data import dsprites
from causal_explorer.scm.stories import read_story
from causal_explorer.sharing.link import packed
from tests.browser.serve import PICTURES, serving, settled

ADDRESS = (
    "?shape=ellipse&scale=5&orientation=12&posX=20&posY=7&do=scale&do=posX&do_scale=1&do_posX=3"
    "&story=chain&coupling=monotone&samples=101&seed=11&model=scm-vae"
)


@pytest.fixture(scope="module")
def replica(tmp_path_factory):
    """Another server, with a memory of its own."""
    with serving(tmp_path_factory.mktemp("replica") / "log.txt") as found:
        yield found


def _shown(page):
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    return page.locator(PICTURES).evaluate_all("images => images.map(i => [i.src, i.alt])")


def _elsewhere(browser, replica, page):
    """The same address on the other server."""
    path = re.sub(r"^https?://[^/]+", "", page.url)
    other = browser.new_page(viewport={"width": 1440, "height": 900})
    other.goto(replica + path)
    return other


def test_the_address_is_the_whole_state(browser, page, address, replica):
    page.goto(address + "/" + ADDRESS)
    shown = _shown(page)
    assert "scale been 1 and its posX 3?" in page.locator("[data-live=sentence]").inner_text()
    other = _elsewhere(browser, replica, page)
    assert _shown(other) == shown
    other.close()


def test_an_edited_story_travels_in_the_link(browser, page, address, replica):
    page.goto(f"{address}/story?base=chain")
    settled(page)
    page.locator("[class*=st-key-strength] input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**told=**", timeout=10_000)
    settled(page)
    page.get_by_role("link", name="Explore").click()
    page.locator(".st-key-story [role=radio]", has_text="edited").click()
    page.wait_for_url("**told=**", timeout=10_000)
    shown = _shown(page)
    other = _elsewhere(browser, replica, page)
    assert _shown(other) == shown
    assert other.locator(".st-key-story [aria-checked=true]").inner_text() == "edited"
    other.close()


def test_an_uploaded_picture_travels_in_the_link(browser, page, address, replica, tmp_path):
    picture = dsprites.render(np.array([[2, 5, 3, 12, 20]]))[0]
    file = tmp_path / "mine.png"
    drawn = Image.fromarray(np.uint8(255 * (1 - picture)))
    drawn.resize((256, 256), Image.Resampling.NEAREST).save(file)
    page.goto(f"{address}/?evidence=Upload")
    settled(page)
    page.locator(".st-key-upload input[type=file]").set_input_files(file)
    page.wait_for_url("**image=**", timeout=20_000)
    shown = _shown(page)
    assert "most likely heart, scale 5" in shown[0][1]
    other = _elsewhere(browser, replica, page)
    assert _shown(other) == shown
    other.close()


def test_two_questions_travel_in_one_link(browser, page, address, replica):
    page.goto(f"{address}/?do=shape&view=Compare")
    settled(page)
    page.locator(".st-key-keep_question button").first.click()
    page.wait_for_url("**kept=**", timeout=10_000)
    page.locator(".st-key-do_shape [role=radio]", has_text="ellipse").click()
    page.locator("[data-kept=sentence]", has_text="square").wait_for(timeout=10_000)
    page.locator("[data-live=sentence]", has_text="ellipse").first.wait_for(timeout=10_000)
    settled(page)
    other = _elsewhere(browser, replica, page)
    other.locator("[data-kept=sentence]", has_text="square").wait_for(timeout=60_000)
    assert "ellipse" in other.locator("[data-live=sentence]").first.inner_text()
    other.close()


def test_what_no_widget_holds_survives_a_change_of_page(page, address):
    """An edited story, an uploaded picture and a kept question, all from links."""
    bits = packed(np.packbits(dsprites.render(np.array([[2, 3, 4, 10, 16]]))[0]).tobytes())
    told = packed(read_story("chain").to_toml().replace("One thing", "My thing").encode())
    kept = quote("x")
    page.goto(f"{address}/?evidence=Upload&image={bits}&story=edited&told={told}&kept={kept}")
    shown = _shown(page)
    page.get_by_role("link", name="Story").click()
    page.wait_for_url("**/story?told=**", timeout=20_000)
    settled(page)
    page.get_by_role("link", name="Explore").click()
    page.wait_for_url("**told=**", timeout=20_000)
    assert _shown(page) == shown
    assert page.locator(".st-key-story [aria-checked=true]").inner_text() == "edited"


def test_the_link_to_copy_is_complete(browser, page, address, replica):
    page.goto(f"{address}/?view=Take+it+away&do=shape&seed=3")
    settled(page)
    shown = _shown(page)
    link = page.locator("[data-testid=stCode] code").first.inner_text()
    assert link.startswith(address)
    for name in ("model=", "story=", "coupling=", "samples=", "seed=3", "posY=16"):
        assert name in link
    other = browser.new_page(viewport={"width": 1440, "height": 900})
    other.goto(link.replace(address, replica))
    assert _shown(other) == shown
    other.close()


@pytest.mark.parametrize("broken", ["told=x&story=edited", "image=x&evidence=Upload", "kept=x"])
def test_a_damaged_link_is_a_sentence(page, address, broken):
    page.goto(f"{address}/?view=Compare&{broken}")
    settled(page)
    assert page.locator("[data-testid=stException]").count() == 0
    said = page.locator("[data-testid=stAlertContentWarning]").first
    said.wait_for(timeout=10_000)
    assert said.inner_text().startswith(("The link", "The question that was kept"))
