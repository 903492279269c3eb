"""Pictures follow the hand: with the mouse, the keyboard and a finger, and without the script."""

import statistics

import pytest

from tests.browser.serve import PICTURES, SCREENS, settled

# Notes when a key went down, and when the frame began that shows another picture, all of it loaded.
WATCH = """() => {
  window.keys = []; window.shown = [];
  document.addEventListener("keydown", () => keys.push(performance.now()), true);
  new MutationObserver((changes) => {
    if (changes.some(({target}) => target.dataset?.live === "density")) {
      const picture = document.querySelector('img[data-live="density"]');
      if (picture.complete) requestAnimationFrame(() => shown.push(performance.now()));
    }
  }).observe(document.body, {subtree: true, attributeFilter: ["src"]});
}"""
DENSITY = 'img[data-live="density"]'


@pytest.fixture
def posx(page, address):
    """The page with a slider for do(posX), its frames at hand."""
    page.goto(f"{address}/?do=posX&do_posX=4")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    return page


def _rest_on(page, key):
    """Rests the mouse on a control, until its frames have come."""
    page.locator(f".st-key-{key}").hover()
    settled(page)
    page.wait_for_timeout(500)


def _track(page, key):
    """Where the slider's track begins, how long it is, and how high it stands."""
    box = page.locator(f".st-key-{key} [role=group]").bounding_box()
    thumb = page.locator(f".st-key-{key} [data-testid=stSliderThumbValue]").bounding_box()
    return box["x"], box["width"], thumb["y"] + thumb["height"] + 6


@pytest.mark.parametrize(
    ("key", "path"), [("do_posX", "?do=posX&do_posX=4"), ("posY", "?do=shape")]
)
def test_the_picture_follows_a_drag_and_commits_on_release(page, address, tell, key, path):
    page.goto(f"{address}/{path}")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    _rest_on(page, key)
    start, width, height = _track(page, key)
    before = page.url
    page.mouse.move(start + 0.15 * width, height)
    page.mouse.down()
    page.evaluate(WATCH)
    for step in range(60):
        page.mouse.move(start + width * (0.15 + 0.7 * step / 59), height)
        page.wait_for_timeout(10)
    assert page.url == before  # nothing is committed yet
    shown = page.evaluate("shown")
    dragged = page.locator(DENSITY).get_attribute("src")
    sentence = page.locator("[data-live=sentence]").first.inner_text()
    rate = (len(shown) - 1) / (shown[-1] - shown[0]) * 1000
    tell(f"dragging {key}: {len(shown)} pictures, {rate:.0f} a second")
    assert len(shown) > 10
    page.mouse.up()
    page.wait_for_url(lambda url: url != before, timeout=10_000)
    settled(page)
    assert page.locator(DENSITY).get_attribute("src") == dragged  # the server says the same
    assert page.locator("[data-live=sentence]").first.inner_text() == sentence


def test_the_picture_follows_the_arrow_keys(posx, tell):
    posx.locator(".st-key-do_posX input[type=range]").focus()
    settled(posx)
    posx.wait_for_timeout(500)
    posx.evaluate(WATCH)
    for _ in range(20):
        posx.keyboard.press("ArrowRight")
        posx.wait_for_timeout(120)
    keys, shown = posx.evaluate("[keys, shown]")
    waits = [min(at for at in shown if at > key) - key for key in keys if shown[-1] > key]
    tell(
        f"key press to picture: median {statistics.median(waits):.0f} ms, 90th percentile "
        f"{statistics.quantiles(waits, n=10)[-1]:.0f} ms"
    )
    assert len(shown) >= 10
    posx.wait_for_url("**do_posX=24**", timeout=10_000)
    posx.locator("[data-live=sentence]", has_text="posX been 24").wait_for()


def test_a_choice_swaps_its_picture_before_the_server_answers(page, address):
    page.goto(f"{address}/?do=shape")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    _rest_on(page, "do_shape")
    page.context.set_offline(True)
    before = page.locator(DENSITY).get_attribute("src")
    page.locator(".st-key-do_shape [role=radio]", has_text="ellipse").click()
    page.locator("[data-live=sentence]", has_text="been an ellipse").wait_for(timeout=5_000)
    assert page.locator(DENSITY).get_attribute("src") != before
    page.context.set_offline(False)


def test_a_finger_moves_it_too(browser, address):
    context = browser.new_context(viewport=SCREENS["phone"], has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/?do=posX&do_posX=4")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    page.locator(".st-key-do_posX").scroll_into_view_if_needed()
    start, width, height = _track(page, "do_posX")
    before = page.locator(DENSITY).get_attribute("src")
    page.touchscreen.tap(start + 0.5 * width, height)
    page.locator("[data-live=sentence]", has_text="posX been 1").wait_for(timeout=10_000)
    assert page.locator(DENSITY).get_attribute("src") != before
    context.close()


def test_without_the_script_the_slider_still_commits(browser, address):
    page = browser.new_page(viewport=SCREENS["desktop"])
    page.add_init_script("URL.createObjectURL = () => { throw new Error('no script') }")
    page.goto(f"{address}/?do=posX&do_posX=4")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    before = page.locator(DENSITY).get_attribute("src")
    page.locator(".st-key-do_posX input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.locator("[data-live=sentence]", has_text="posX been 5").wait_for(timeout=10_000)
    assert page.locator(DENSITY).get_attribute("src") != before
    page.close()
