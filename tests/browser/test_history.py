"""The browser's Back leads to the page before, with its question, and a change of page keeps it."""

from tests.browser.serve import PICTURES, settled

ASKED = "?shape=ellipse&scale=1&story=chain&seed=7&do=shape&do=posX"
ELLIPSE = ".st-key-shape [aria-checked=true]"


def _asked(page, address):
    """A question whose last part is the user's own."""
    page.goto(f"{address}/{ASKED.replace('ellipse', 'heart')}")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    page.locator(".st-key-shape [role=radio]", has_text="ellipse").click()
    settled(page)
    return page.url, page.evaluate("history.length")


def _turn_to(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=name).wait_for(timeout=30_000)
    settled(page)


def _back(page, url):
    page.go_back()
    page.wait_for_url(url, timeout=10_000)
    settled(page)
    assert page.url == url  # nor is it emptied afterwards


def test_back_brings_the_question_back(page, address):
    asked, entries = _asked(page, address)
    _turn_to(page, "About")
    assert page.evaluate("history.length") == entries + 1
    _back(page, asked)
    assert page.locator(ELLIPSE).inner_text() == "ellipse"
    assert "This is an ellipse" in page.locator("[data-live=sentence]").inner_text()


def test_three_rungs_is_about_the_sprite_of_explore_and_back_too(page, address):
    asked, entries = _asked(page, address)
    _turn_to(page, "Three rungs")
    for part in ("shape=ellipse", "scale=1", "story=chain", "seed=7", "do=posX"):
        assert part in page.url
    assert "ellipse, scale 1" in page.locator("[data-live=sprite]").inner_text()
    assert page.evaluate("history.length") == entries + 1
    _back(page, asked)
    assert page.locator(ELLIPSE).inner_text() == "ellipse"


def test_back_leads_through_the_lessons_one_by_one(page, address):
    page.goto(f"{address}/lessons")
    settled(page)
    first = page.get_by_role("heading", level=1).inner_text()
    for _ in range(2):
        before = page.url
        page.locator(".st-key-next button").first.click()
        page.wait_for_url(lambda url, before=before: url != before, timeout=10_000)
        settled(page)
    second = before
    _back(page, second)
    _back(page, f"{address}/lessons")
    assert page.get_by_role("heading", level=1).inner_text() == first
