"""As a new user would: with the keyboard alone, with a photo of one's own, before a room."""

import pytest
from PIL import Image, ImageDraw

from tests.browser.serve import PICTURES, SCREENS, settled


def test_a_question_can_be_asked_with_the_keyboard_alone(page, address):
    page.goto(f"{address}/?do=posY&do_posY=16")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        held = page.evaluate(
            """() => [...(document.activeElement.closest('[class*="st-key-"]')?.classList ?? [])]
               .find(name => name.startsWith('st-key-'))"""
        )
        if held:
            reached.add(held.removeprefix("st-key-"))
        if held == "st-key-do_posY" and page.evaluate("document.activeElement.type") == "range":
            break
    wanted = {"shape", "scale", "orientation", "posX", "posY", "evidence", "story", "do", "do_posY"}
    assert wanted <= reached
    page.keyboard.press("ArrowLeft")
    page.locator("[data-live=sentence]", has_text="posY been 15").wait_for(timeout=10_000)


def test_a_photo_is_found_and_named(page, address, tmp_path):
    _upload_ellipse(page, address, tmp_path, (60, 120))  # half as wide as high, as the sprites'
    page.locator(f'{PICTURES}[alt*="most likely ellipse"]').first.wait_for(timeout=30_000)
    assert page.locator("[data-testid=stException]").count() == 0


def test_a_photo_of_something_else_is_a_sentence(page, address, tmp_path):
    _upload_ellipse(page, address, tmp_path, (80, 120))
    said = page.locator("[data-testid=stAlertContentWarning]", has_text="No sprite explains")
    said.first.wait_for(timeout=30_000)
    assert page.locator("[data-testid=stException]").count() == 0


def _upload_ellipse(page, address, folder, size):
    """Of so many pixels in width and height, dark on a light photo."""
    photo = Image.new("L", (640, 480), 230)
    ImageDraw.Draw(photo).ellipse((220, 180, 220 + size[0], 180 + size[1]), fill=20)
    photo.save(folder / "photo.jpg")
    page.goto(f"{address}/?evidence=Upload")
    settled(page)
    page.locator(".st-key-upload input[type=file]").set_input_files(folder / "photo.jpg")


def test_a_file_that_is_no_picture_is_a_sentence(page, address, tmp_path):
    (tmp_path / "no.png").write_bytes(b"no picture")
    page.goto(f"{address}/?evidence=Upload")
    settled(page)
    page.locator(".st-key-upload input[type=file]").set_input_files(tmp_path / "no.png")
    page.locator("[data-testid=stAlertContentWarning]").first.wait_for(timeout=20_000)
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("size", SCREENS)
def test_presenter_mode_shows_large_pictures_and_leads_back(browser, address, size):
    page = browser.new_page(viewport=SCREENS[size])
    page.goto(address)
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    before = page.locator(PICTURES).first.bounding_box()["width"]
    page.locator(".st-key-present label").first.click()
    page.wait_for_url("**present=true**", timeout=10_000)
    settled(page)
    larger = page.locator(PICTURES).first.bounding_box()["width"] / before
    assert larger > (1.2 if size == "desktop" else 1.0)
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    page.locator(".st-key-present label").first.click()
    page.wait_for_url(lambda url: "present" not in url, timeout=10_000)
    page.close()


def test_nothing_jumps_while_a_question_changes(page, address):
    page.goto(f"{address}/?do=posX&do_posX=4")
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    settled(page)
    page.evaluate(
        """() => { window.moved = 0; new PerformanceObserver(list => {
        for (const entry of list.getEntries()) moved += entry.value })
        .observe({type: 'layout-shift', buffered: false}) }"""
    )
    page.locator(".st-key-do_posX input[type=range]").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
    settled(page)
    assert page.evaluate("moved") < 0.01  # of the screen, as browsers score it


def test_a_change_of_system_leaves_a_whole_page(page, address):
    """The script that follows controls may still send when its page is gone."""
    page.goto(f"{address}/?system=CEVAE,+treatment")
    settled(page)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Ladder VAE, sprites").click()
    page.locator(".ce-walk").wait_for(timeout=30_000)
    settled(page)
    assert complaints == []
    assert page.get_by_role("heading", level=1).inner_text() == "Causal Explorer"


def test_models_sends_to_explore_with_the_model_chosen(page, address):
    page.goto(f"{address}/models?of=CausalVAE,+pendulum")
    settled(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Ask it").click()
    asked = opened.value
    settled(asked)
    assert asked.get_by_role("heading", level=1).inner_text() == "Causal Explorer"
    asked.get_by_text("had its angle been").first.wait_for(timeout=30_000)
