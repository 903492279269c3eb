"""The first screen in a real browser, as `streamlit run app.py` serves it."""

import statistics
import time

import pytest

from tests.browser.serve import PICTURES, SCREENS

LOOK = """images => images.map(image => ({
    source: image.src, alt: image.alt, width: image.naturalWidth,
    top: image.getBoundingClientRect().top, bottom: image.getBoundingClientRect().bottom}))"""


@pytest.fixture(params=SCREENS)
def page(request, browser, address):
    """The first screen on a page of that size."""
    opened = browser.new_page(viewport=SCREENS[request.param])
    opened.goto(address)
    opened.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    opened.locator("[data-testid=stGraphVizChart] svg").wait_for(timeout=60_000)
    yield opened
    opened.close()


def test_the_four_pictures_are_there_at_once(page):
    shown = page.locator(PICTURES).evaluate_all(LOOK)
    assert len(shown) == 4
    assert all(picture["width"] == 64 for picture in shown)
    assert all(picture["alt"] for picture in shown)
    assert all(
        0 <= picture["top"] < picture["bottom"] <= page.viewport_size["height"] for picture in shown
    )
    original, _, density, truth = (picture["source"] for picture in shown)
    assert len({original, density, truth}) >= 2
    assert original not in (density, truth)


def test_the_numbers_stand_under_the_pictures(page):
    numbers = page.locator(".ce-numbers b")
    assert numbers.count() == 2
    lowest = max(picture["bottom"] for picture in page.locator(PICTURES).evaluate_all(LOOK))
    assert numbers.first.bounding_box()["y"] > lowest


def test_the_first_picture_of_a_warm_server_comes_soon(browser, address, tell):
    took = []
    for _ in range(3):
        page = browser.new_page()
        started = time.monotonic()
        page.goto(address)
        page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
        took.append(time.monotonic() - started)
        assert all(shown["width"] == 64 for shown in page.locator(PICTURES).evaluate_all(LOOK))
        page.close()
    tell(f"warm server, from the request to the four pictures: {statistics.median(took):.2f} s")


@pytest.mark.parametrize(
    "query",
    [
        "seed=1e400",
        "scale=-1e999",
        "story=",
        "shape=",
        "coupling=",
        "do_shape=",
        "do=",
        "samples=x",
    ],
)
def test_an_odd_address_still_shows_pictures(browser, address, query):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/?{query}")
    page.locator(PICTURES).nth(1).wait_for(timeout=30_000)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("[data-testid=stAlertContentError]").count() == 0
    page.close()


def test_the_thumbnails_are_painted_and_pick_a_sprite(browser, address):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address)
    thumbnail = page.locator(".st-key-thumbnail_3 button").first
    thumbnail.wait_for(timeout=60_000)
    painted = thumbnail.evaluate("node => getComputedStyle(node).backgroundImage")
    assert painted.startswith('url("data:image/png')
    wanted = thumbnail.text_content()
    thumbnail.click()
    page.locator(f'{PICTURES}[alt="Original: {wanted}"]').wait_for(timeout=30_000)
    page.reload()  # the address holds the state
    page.locator(f'{PICTURES}[alt="Original: {wanted}"]').wait_for(timeout=60_000)
    page.close()
