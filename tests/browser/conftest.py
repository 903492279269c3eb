import os
import time

import pytest

from tests.browser.serve import PICTURES, chromium, serving


def pytest_collection_modifyitems(items):
    if os.environ.get("CAUSAL_EXPLORER_BROWSER") == "1":
        return
    mark = pytest.mark.skip(reason="set CAUSAL_EXPLORER_BROWSER=1 to drive a real browser")
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(mark)


@pytest.fixture(scope="package")
def tell(pytestconfig):
    """Prints a figure, captured output or not."""
    manager = pytestconfig.pluginmanager.getplugin("capturemanager")

    def show(words):
        with manager.global_and_fixture_disabled():
            print(f"\n{words}")

    return show


@pytest.fixture(scope="package")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="package")
def address(browser, tmp_path_factory, tell):
    """A server for the whole run; its first picture is timed from the start of its process."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    started = time.monotonic()
    with serving(log) as found:
        page = browser.new_page()
        page.goto(found)
        page.locator(PICTURES).nth(3).wait_for(timeout=60_000)
        took = time.monotonic() - started
        page.close()
        tell(f"cold start, from process start to the four pictures: {took:.1f} s")
        yield found
    ours = [line for line in log.read_text().splitlines() if "causal_explorer" in line]
    assert ours == []  # Streamlit's own log names our files in a traceback alone


@pytest.fixture
def page(browser):
    """A page of a desktop's size."""
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()
