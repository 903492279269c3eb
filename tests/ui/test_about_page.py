"""The page About, as a session sees it."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from causal_explorer import checkpoint
from causal_explorer.data import dsprites
from causal_explorer.ui import about

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "causal_explorer/ui/pages/about.py"


def opened():
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not page.exception
    assert not page.error
    return page


def citation():
    """The lines of CITATION.cff, by key."""
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    return dict(re.fullmatch(r"(?:  - )?([a-z-]+): ?(.*)", line).groups() for line in lines)


def test_the_page_says_what_it_has_to():
    page = opened()
    text = " ".join(element.value for element in page.markdown)
    assert page.title[0].value == "About"
    for words in (
        "Original",
        "Reconstruction",
        "Averaged counterfactual density",
        "Truth under a coupling",
    ):
        assert f"**{words}**" in text
    for words in ("Abduction", "No hidden cause", "The coupling", "Pearl", "Bingham", "737,280"):
        assert words in text
    for assumed in ("independent noises", "free of error", "One noise a pixel", "wherever a story"):
        assert assumed in text
    assert r"v_i &:= f_i" in page.latex[0].value
    assert page.code[0].value == about.bibtex()


@pytest.mark.parametrize(
    "number",
    [
        *("2006.06485", "1905.05824", "1411.0030", "1312.6114", "2303.01274"),
        *("2403.09683", "2503.11870"),
    ],
)
def test_each_paper_is_linked_to_its_own_number(number):
    assert f"[arXiv:{number}](https://arxiv.org/abs/{number})" in about.SOURCES


def test_the_figures_are_those_of_the_shipped_checkpoint():
    shown = {metric.label: metric.value for metric in opened().metric}
    ours = {row["name"]: row["ours"] for row in checkpoint.study("scm-vae")["metrics"]}
    checked = checkpoint.measured("scm-vae")
    assert shown == {
        "−ELBO of a held-out image": f"{ours['-ELBO']:.4f} nats",
        "Reconstructions exact": f"{ours['reconstructions equal pixel for pixel']:.2f} %",
        "Effectiveness, worst factor": "1.000",
        "Counterfactual IoU with the truth": f"{checked['truth']['1 to 3']['iou']:.5f}",
    }


def test_another_model_has_other_figures():
    ours = {row["name"]: row["ours"] for row in checkpoint.study("scm-vae-mlp")["metrics"]}
    shown = about.figures("scm-vae-mlp")["−ELBO of a held-out image"]
    assert shown == f"{ours['-ELBO']:.4f} nats"


def test_without_a_checkpoint_the_words_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHIPPED", tmp_path)
    page = opened()
    assert not page.metric
    assert page.code[0].value == about.bibtex()


def test_what_was_not_checked_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHIPPED", tmp_path)
    (tmp_path / "new").mkdir()
    (tmp_path / "new/SHA256SUMS").write_text("")
    assert about.figures("new") == {}
    names = ("-ELBO", "reconstructions equal pixel for pixel")
    rows = [{"name": name, "ours": 2} for name in names]
    (tmp_path / "new/study.json").write_text(json.dumps({"metrics": rows}))
    assert list(about.figures("new")) == ["−ELBO of a held-out image", "Reconstructions exact"]


def test_one_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert about.version() == project["version"] == citation()["version"]
    assert f"version = {{{project['version']}}}" in about.bibtex()
    assert project["license"] == citation()["license"]
    assert f"torch {torch.__version__}" in about.runs_on()


def test_the_citation_file_says_what_the_page_says():
    found = citation()
    assert found["cff-version"] == "1.2.0"
    for key in ("title", "license", "name"):
        assert f"{{{found[key]}}}" in about.bibtex()
    assert "http" not in (ROOT / "CITATION.cff").read_text()


def test_the_ambiguity_that_is_told_is_there():
    """Orientations of one sprite that are the same picture, at the middle of the frame."""
    most = []
    for shape in range(3):
        same = []
        for scale in range(6):
            turned = [[shape, scale, k, 16, 16] for k in range(40)]
            pictures = [p.tobytes() for p in dsprites.render(torch.tensor(turned).numpy())]
            assert pictures[0] == pictures[39]
            same.append(max(map(pictures.count, pictures)))
        most.append(max(same))
    assert most == [4, 2, 2]
