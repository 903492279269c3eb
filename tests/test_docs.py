"""The figures in the documents are those that the library computes, or that a study keeps."""

import json
import re
from pathlib import Path

import pytest

import causal_explorer as ce
from causal_explorer.checkpoint import SHIPPED
from causal_explorer.inference.agreement import iou, total_variation
from causal_explorer.lessons import doing, seeing

ROOT = Path(__file__).resolve().parents[1]
ASSUMPTIONS = (ROOT / "docs/assumptions.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SYSTEMS = (ROOT / "docs/systems.md").read_text(encoding="utf-8")
FIRST = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}


def said(text, pattern):
    """The number that a document says at that place."""
    flat = re.sub(r"\s+", " ", text)
    found = re.search(pattern, flat)
    assert found, pattern
    return float(found.group(1).replace(",", ""))


def test_each_coupling_has_a_truth_of_its_own():
    one, other = (
        ce.load("scm-vae").counterfactual(FIRST, do={"shape": "square"}, coupling=name)
        for name in ("gumbel", "monotone")
    )
    assert min(one.iou, other.iou) > 0.999
    overlap = said(ASSUMPTIONS, r"two truths have an IoU of ([\d.]+\d)")
    assert iou(one.truth, other.truth) == pytest.approx(overlap, abs=0.005)


@pytest.mark.parametrize(
    ("coupling", "place"),
    [("gumbel", r"within ([\d.]+) \(total"), ("monotone", r"monotone lies ([\d.]+) from")],
)
def test_imagining_beside_doing(coupling, place):
    explorer = ce.load("scm-vae")
    done, imagined = explorer.law(do=doing.DO), explorer.law(doing.SPRITE, doing.DO, coupling)
    apart = total_variation(done["posY"], imagined["posY"])
    assert apart == pytest.approx(said(ASSUMPTIONS, place), abs=0.005)


def test_how_thin_positivity_is():
    _, share, both = seeing.rarest(ce.load("scm-vae", "confounded"))
    assert share == pytest.approx(said(ASSUMPTIONS, r"square\) is ([\d.]+),"), abs=5e-6)
    assert seeing.pictures_until(both) == said(ASSUMPTIONS, r"would need ([\d,]+) pictures")


def study(name):
    return json.loads((SHIPPED / name / "study.json").read_bytes())


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("MIG, β = 2, turned polar", r"MIG is ([\d.]+\d)"),
        ("DCI disentanglement, β = 2, turned polar", r"DCI disentanglement ([\d.]+\d)"),
    ],
)
def test_a_saturated_score_never_stands_alone(row, place):
    kept = {metric["name"]: metric["ours"] for metric in study("beta-vae")["metrics"]}
    for text in (README, SYSTEMS):
        assert said(text, place) == pytest.approx(kept[row], abs=0.005)


def test_no_loss_tells_which_latent_of_cevae_is_right():
    sizes = study("cevae")["series"]["latents"]["treatment"]
    assert [row["latent"] for row in sizes] == [1, 2, 5, 20]
    nats, errors = ([row[key] for row in sizes] for key in ("validation_nats", "ate"))
    assert max(nats) - min(nats) < said(SYSTEMS, r"within ([\d.]+) nats of each other")
    assert errors[0] > said(SYSTEMS, r"errs more than (\d+) times") * max(errors[1:])


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_files_that_the_documents_name_exist(path):
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
