"""The first screen in a real browser, as `streamlit run app.py` serves it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.skipif(
    os.environ.get("CAUSAL_EXPLORER_BROWSER") != "1",
    reason="set CAUSAL_EXPLORER_BROWSER=1 to drive a real browser",
)

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}
PICTURES = ".ce-four:has(p.ce-ask) .ce-grid img"
LOOK = """images => images.map(image => ({
    source: image.src, alt: image.alt, width: image.naturalWidth,
    top: image.getBoundingClientRect().top, bottom: image.getBoundingClientRect().bottom}))"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory, pytestconfig):
    """A server of its own, and how long it took from its start to the four pictures."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.port", str(port), "--server.headless", "true"]
    options += ["--server.address", "127.0.0.1"]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    started = time.monotonic()
    with log.open("w") as sink:
        server = subprocess.Popen([*command, *options], cwd=ROOT, stdout=sink, stderr=sink)
    try:
        _wait_until_listening(port, server, log)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}")
        page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
        took = time.monotonic() - started
        page.close()
        with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\ncold start, from process start to the four pictures: {took:.1f} s")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    assert "Traceback" not in log.read_text()


@pytest.fixture(params=SCREENS)
def screen(request, browser, address):
    """An open page, what it asked the network for, and what its console said."""
    width, height = SCREENS[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    hosts, complaints = set(), []
    page.on("request", lambda sent: hosts.add(urlsplit(sent.url).hostname))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
    page.locator("[data-testid=stGraphVizChart] svg").wait_for(timeout=60_000)
    yield page, hosts, complaints
    page.close()


def _wait_until_listening(port, server, log):
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError("the server did not listen within a minute")


def test_the_four_pictures_are_there_at_once(screen):
    page, _, _ = screen
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


def test_the_numbers_stand_under_the_pictures(screen):
    page, _, _ = screen
    numbers = page.locator("[data-testid=stMetricValue]")
    assert numbers.count() == 2
    lowest = max(picture["bottom"] for picture in page.locator(PICTURES).evaluate_all(LOOK))
    assert numbers.first.bounding_box()["y"] > lowest


def test_nothing_overflows_sideways(screen):
    page, _, _ = screen
    page_width = page.evaluate("document.documentElement.scrollWidth")
    main = page.locator("[data-testid=stMain]")
    assert page_width <= page.viewport_size["width"]
    assert main.evaluate("node => node.scrollWidth - node.clientWidth") <= 0


def test_nothing_leaves_this_machine(screen):
    _, hosts, _ = screen
    assert hosts - {None, ""} <= {"127.0.0.1", "localhost"}


def test_the_page_and_its_console_show_no_error(screen):
    page, _, complaints = screen
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("[data-testid=stAlert]").count() == 0
    assert complaints == []


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
