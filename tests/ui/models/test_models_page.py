"""The page Models, as a session sees it."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer.checkpoint import study
from causal_explorer.sharing.catalogue import entry, label, systems
from causal_explorer.ui.charts import QUIET
from causal_explorer.ui.models import figures
from tests.ui.conftest import APP, html, ran

PAGE = APP.parent / "causal_explorer" / "ui" / "pages" / "models.py"
_PANELS = {  # of figures that are several charts, so that each has room on a phone
    "edges_by_seed": lambda series: series["shd_by_seed"],
    "do_errors": lambda series: ("read", "seen", "seen_truth"),
}
STUDIED = [name for name in systems() if study(name)]


def opened(name):
    return ran(PAGE, of=label(name))


@pytest.mark.parametrize("name", systems())
def test_each_model_has_a_row_and_a_page(name):
    page = opened(name)
    told = html(page)
    assert all(entry(other).title in told for other in systems())
    assert page.subheader[0].value == f"{entry(name).title} on {entry(name).noun}"
    assert page.get("link_button")[0].proto.url.startswith("./?system=")


@pytest.mark.parametrize("name", STUDIED)
def test_each_study_is_shown_with_its_command_and_its_figures(name):
    page, kept = opened(name), study(name)
    assert any(kept["command"] in caption.value for caption in page.caption)
    assert all(own["name"] in html(page) for own in kept["metrics"])
    drawn = [key for key in figures.FIGURES if key in kept["series"]]
    panels = [len(_PANELS[key](kept["series"])) if key in _PANELS else 1 for key in drawn]
    assert len(page.get("plotly_chart")) == sum(panels)
    assert bool(drawn) == bool(kept["series"])  # a study that kept curves shows some


@pytest.mark.parametrize("name", ["beta-vae", "ladder-vae", "causal-vae", "intact-vae"])
def test_latents_are_traversed(name):
    assert html(opened(name)).count("<img") >= 9


def test_an_unknown_name_in_the_address_is_the_first_model():
    page = AppTest.from_file(str(PAGE), default_timeout=90)
    page.query_params["of"] = "nothing"
    page.run()
    assert not page.exception
    assert page.subheader[0].value == "SCM-VAE on sprites"


def charts(name):
    """The figures of a model's page, by their keys."""
    found = opened(name).get("plotly_chart")
    return {chart.proto.id.rpartition("-")[2]: json.loads(chart.proto.spec) for chart in found}


def test_the_true_edges_alone_are_in_colour():
    chart = charts("causal-vae")["Strength of each edge while it was learned"]
    told = {trace["name"]: trace["line"]["color"] for trace in chart["data"] if trace["showlegend"]}
    true = {f"{a} → shadow {b}" for a in ("angle", "light") for b in ("length", "position")}
    assert set(told) == true
    assert len(set(told.values())) == 4
    others = [trace for trace in chart["data"] if not trace["showlegend"]]
    assert {trace["line"]["color"] for trace in others} == {QUIET}
    assert all("→" in trace["hovertemplate"] for trace in others)


def test_errors_under_do_share_one_scale():
    title = "Error of every concept under do(), against the truth: "
    maps = [chart for key, chart in charts("causal-vae").items() if key.startswith(title)]
    scales = [(trace["zmin"], trace["zmax"]) for chart in maps for trace in chart["data"]]
    own = study("causal-vae")["series"]["do_errors"]
    most = max(
        v for key in ("read", "seen", "seen_truth") for row in own[key].values() for v in row
    )
    assert scales == [(0, most)] * 3
    assert [chart["data"][0]["showscale"] for chart in maps] == [False, False, True]


def test_what_z_carries_tells_labels_from_style():
    chart = charts("scm-vae-styled")["What z carries"]
    shown = [trace["x"] for trace in chart["data"]]
    assert shown[0] == shown[1] == ["shape", "scale", "orientation", "posX", "posY"]
    assert shown[2] == shown[3] == ["style", "direction", "width"]


def test_a_loss_that_stays_and_an_error_that_does_not_are_drawn_side_by_side():
    """CEVAE by the size of its latent: a fit does not tell whether the effect is identified."""
    chart = charts("cevae")["What the loss does not tell: the size of the latent"]
    sizes = study("cevae")["series"]["latents"]["treatment"]
    errors, nats = (trace["y"] for trace in chart["data"])
    assert errors == [own["ate"] for own in sizes]
    assert nats == [own["validation_nats"] for own in sizes]
    assert max(errors) > 10 * min(errors)
    assert max(nats) < 1.01 * min(nats)


def test_a_score_that_saturates_is_never_shown_without_others():
    own = [row for row in study("beta-vae")["metrics"] if row["name"].startswith("Higgins' score")]
    full = [row for row in own if row["ours"] >= 99.5 and "shape never" not in row["name"]]
    assert full
    assert all("MIG" in row["note"] and "DCI" in row["note"] for row in full)


def test_single_trainings_are_in_no_order():
    rows = study("ladder-vae")["metrics"]
    assert all("no order" in row["note"] for row in rows if " above " in row["name"])
    captions = [caption.value for caption in opened("ladder-vae").caption]
    assert any("0.47 nats apart, are in no order" in words for words in captions)
