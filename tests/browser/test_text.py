"""What strangers wrote is words on every page: no other machine is asked, and nothing is live."""

import json
import re
import shutil
from urllib.parse import quote, urlsplit

import pytest

from causal_explorer.checkpoint import find
from causal_explorer.scm.stories import read_story
from causal_explorer.sharing.link import packed
from tests.browser.serve import serving, settled

EVIL = (
    "![i](http://e.example/a.png) [l](http://e.example) <img src=http://e.example/b.png>"
    "<a href='http://e.example'>x</a> https://e.example www.e.example $x$ :material/home:"
)
CHAIN = read_story("chain").to_toml()
FOLDER = "![i](e.example) <b> www.e.example"  # as a folder may be called
STORY = re.sub("(?m)^summary = .*$", lambda _: f"summary = {json.dumps(EVIL)}", CHAIN)
PAGES = ["", "rungs", "story", "checks", "models", "training", "lessons", "about"]


@pytest.fixture(scope="module")
def strange(tmp_path_factory):
    """A server where a stranger's runs lie."""
    here = tmp_path_factory.mktemp("strange")
    for name in ("scm-vae", "beta-vae"):
        folder = here / "runs" / FOLDER / name
        shutil.copytree(find(name), folder)
        (folder / "card.md").write_text(f"# {EVIL}\n\n{EVIL}\n\n| | |\n|---|---|\n| {EVIL} | x |\n")
        metrics = json.loads((folder / "metrics.json").read_text())
        told = metrics | {"device": EVIL, "commit": EVIL}
        (folder / "metrics.json").write_text(json.dumps(told))
        shutil.copy(folder / "history.jsonl", folder / "metrics.jsonl")
    lines = (here / "runs" / FOLDER / "scm-vae/metrics.jsonl").read_text()
    (here / "runs" / FOLDER / "metrics.jsonl").write_text(f"{lines}half")
    with serving(here / "log.txt", here) as found:
        yield found


@pytest.fixture
def visit(browser):
    """Opens an address; the hosts that the page asked for anything."""
    opened = []

    def look(address):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.append(page)
        hosts = set()
        page.on("request", lambda sent: hosts.add(urlsplit(sent.url).hostname))
        page.goto(address)
        settled(page)
        return page, hosts

    yield look
    for page in opened:
        page.close()


def outside(hosts):
    """The machines that a page asked, but for this one."""
    return hosts - {None, "", "127.0.0.1"}


def live(page):
    """What of the strange texts became more than words: links, pictures, formulas, tracebacks."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('a, img, [*|href], [src]')]
           .map(node => [node.getAttribute('href'), node.getAttributeNS(
             'http://www.w3.org/1999/xlink', 'href'), node.getAttribute('src')].join(' '))
           .filter(where => where.includes('e.example'))"""
    )
    found = [where for where in found if "model=" not in where and "system=" not in where]
    formulas = page.locator(".katex:has-text('x')", has_text="$x$").count()
    return (
        found + ["formula"] * formulas + page.locator("[data-testid=stException]").all_inner_texts()
    )


@pytest.mark.parametrize("path", PAGES)
def test_through_a_link(visit, address, path):
    told = packed(STORY.encode())
    wrong = "&".join(
        f"{key}={quote(EVIL)}"
        for key in ("shape", "model", "system", "of", "runs", "lesson", "check", "view", "joint_a")
    )
    page, hosts = visit(f"{address}/{path}?story=edited&base=uploaded&told={told}&{wrong}")
    assert live(page) == []
    assert outside(hosts) == set()


@pytest.mark.parametrize("path", [f"?kept={quote(EVIL)}&view=Compare", f"?story={quote(EVIL)}"])
def test_through_a_sentence(visit, address, path):
    page, hosts = visit(f"{address}/{path}")
    page.locator("[data-testid=stAlertContentWarning]").first.wait_for(timeout=20_000)
    assert live(page) == []
    assert outside(hosts) == set()


def test_through_the_name_of_a_file(visit, address, tmp_path):
    page, hosts = visit(f"{address}/story")
    file = tmp_path / "![i](e.example) www.e.example.toml"
    file.write_text("no story")
    page.get_by_text("Upload a story").first.click()
    page.locator(".st-key-story_upload input[type=file]").set_input_files(file)
    page.locator("[data-testid=stAlertContentWarning]").first.wait_for(timeout=20_000)
    assert live(page) == []
    assert outside(hosts) == set()


@pytest.mark.parametrize(
    "path",
    [
        "training?runs={runs}&run={runs}",
        "training?runs={runs}/scm-vae&run={runs}/scm-vae",
        "models?of={runs}/scm-vae",
        "models?of={runs}/beta-vae",
        "checks?model={runs}/scm-vae",
        "?system={runs}/beta-vae",
        "?model={runs}/scm-vae&view=Take+it+away",
    ],
)
def test_through_a_run(visit, strange, path):
    page, hosts = visit(f"{strange}/{path.format(runs='runs/' + quote(FOLDER))}")
    assert page.get_by_text("![i](e.example)").count() > 0  # it is shown, as the words that it is
    assert live(page) == []
    assert outside(hosts) == set()
