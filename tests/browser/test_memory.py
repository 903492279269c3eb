"""What is remembered outlives its widget where it should, and not where it should not."""

import numpy as np
import pytest
from PIL import Image

from causal_explorer.data import dsprites
from causal_explorer.sharing.link import packed
from tests.browser.serve import PICTURES, settled

ASKED = "?shape=ellipse&scale=1&story=chain&seed=7&do=shape&do=posX&view=Couplings"
BITS = packed(np.packbits(dsprites.render(np.array([[2, 3, 4, 10, 16]]))[0]).tobytes())


def _turn_to(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1).filter(has_not_text="Causal Explorer").wait_for()
    settled(page)


def _explore(page):
    page.get_by_role("link", name="Explore", exact=True).click()
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)


@pytest.mark.parametrize(
    "route",
    [
        ("Sanity checks", "Lessons"),
        ("Sanity checks", "Three rungs"),
        ("Three rungs", "Story"),
        ("About", "Sanity checks"),
        ("Training", "Story"),
    ],
    ids=", ".join,
)
def test_a_reload_on_another_page_keeps_the_question(page, address, route):
    """Whether the page that is reloaded shares controls with Explore, the one before, or none."""
    page.goto(f"{address}/{ASKED}")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    for name in route:
        _turn_to(page, name)
    page.reload()
    settled(page)
    _explore(page)
    page.wait_for_url("**shape=ellipse**", timeout=20_000)
    assert "This is an ellipse" in page.locator("[data-live=sentence]").first.inner_text()
    for part in ("scale=1", "story=chain", "seed=7", "do=posX", "view=Couplings"):
        assert part in page.url


def test_what_is_changed_after_the_reload_is_taken_along(page, address):
    """The sprite is the pages' own together: the later one counts, and the rest is as it was."""
    page.goto(f"{address}/{ASKED}")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    _turn_to(page, "About")
    _turn_to(page, "Sanity checks")
    page.reload()
    settled(page)
    page.locator(".st-key-shape").get_by_text("square").click()
    page.wait_for_url("**shape=square**", timeout=20_000)
    settled(page)
    _explore(page)
    page.wait_for_url("**story=chain**", timeout=20_000)
    for part in ("shape=square", "scale=1", "seed=7", "do=posX", "view=Couplings"):
        assert part in page.url


def test_an_address_that_is_typed_is_the_whole_question(page, address):
    page.goto(f"{address}/{ASKED}")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    page.goto(f"{address}/about")
    settled(page)
    _explore(page)
    assert "story=chain" not in page.url


def test_the_cross_of_a_file_takes_the_picture_out(page, address, tmp_path):
    page.goto(f"{address}/?evidence=Upload&image={BITS}")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    page.locator(".st-key-remove_picture button").first.click()
    page.wait_for_url(lambda url: "image=" not in url, timeout=20_000)
    settled(page)
    assert page.locator(PICTURES).count() == 0
    drawn = dsprites.render(np.array([[2, 5, 3, 12, 20]]))[0]
    file = tmp_path / "mine.png"
    Image.fromarray(np.uint8(255 * drawn)).resize((256, 256), 0).save(file)
    page.locator(".st-key-upload input[type=file]").set_input_files(file)
    page.wait_for_url("**image=**", timeout=30_000)
    settled(page)
    page.locator(".st-key-upload [data-testid=stFileChipDeleteBtn] button").click()
    page.wait_for_url(lambda url: "image=" not in url, timeout=20_000)
    settled(page)
    assert page.locator(PICTURES).count() == 0


def test_a_refused_file_leaves_no_other_picture(page, address, tmp_path):
    page.goto(f"{address}/?evidence=Upload&image={BITS}")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    (tmp_path / "no.png").write_bytes(b"no picture")
    page.locator(".st-key-upload input[type=file]").set_input_files(tmp_path / "no.png")
    said = page.locator("[data-testid=stAlertContentWarning]").first
    said.wait_for(timeout=20_000)
    page.wait_for_url(lambda url: "image=" not in url, timeout=20_000)
    settled(page)
    assert "no whole PNG, JPEG, GIF or WebP" in said.inner_text()
    assert page.locator(PICTURES).count() == 0


def test_back_takes_back_a_question_that_was_kept(page, address):
    page.goto(f"{address}/?view=Compare")
    settled(page)
    page.locator(".st-key-keep_question button").first.click()
    page.wait_for_url("**kept=**", timeout=20_000)
    settled(page)
    page.go_back()
    page.wait_for_url(lambda url: "kept=" not in url, timeout=20_000)
    settled(page)
    assert "kept=" not in page.url
    assert page.locator("[data-kept=sentence]").count() == 0


def test_back_takes_back_an_edit_of_a_story(page, address):
    page.goto(f"{address}/story?base=chain")
    settled(page)
    slider = page.locator("[class*=st-key-strength] input[type=range]").first
    before = slider.input_value()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**told=**", timeout=20_000)
    settled(page)
    page.go_back()
    page.wait_for_url(lambda url: "told=" not in url, timeout=20_000)
    settled(page)
    assert "told=" not in page.url
    assert page.locator("[class*=st-key-strength] input[type=range]").first.input_value() == before


def test_a_wrong_value_is_still_said_once_the_page_stands(page, address):
    page.goto(f"{address}/?shape=banana&posX=3.5")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    said = page.locator("[data-testid=stAlertContentWarning]").first.inner_text()
    assert "shape=banana (taken: heart)" in said
    assert "posX=3.5 (taken: " in said
