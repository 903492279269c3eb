"""Explore for every system beside the sprites, as a session sees it."""

import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.data import units
from causal_explorer.models.base import REQUESTS
from causal_explorer.sharing.catalogue import label, systems
from causal_explorer.ui.systems import extras
from causal_explorer.ui.systems.unit import first_unit
from tests.ui.conftest import APP, html, ran

PAGE = APP.parent / "causal_explorer" / "ui" / "pages" / "explore.py"
NAMES = [name for name in systems() if name != "scm-vae"]
LOOKS = [
    (name, look)
    for name in NAMES
    if "intervention" in ce.load(name).may
    for look in ("What moved", *extras.of(ce.load(name)), "Take it away")
]


def opened(name, **params):
    own = {f"{name}_{key}": value for key, value in params.items()}
    return ran(PAGE, system=label(name), **own)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_screen_shows_pictures_and_says_what_is_refused(name):
    page = opened(name)
    assert html(page).count("<img") >= 2
    told = " ".join(markdown.value for markdown in page.markdown)
    refused = [request for request in REQUESTS if request not in ce.load(name).may]
    assert all(f"**{request}**" in told for request in refused)


@pytest.mark.parametrize(("name", "look"), LOOKS)
def test_every_look_of_every_system_opens(name, look):
    page = opened(name, view=look)
    assert not page.warning


@pytest.mark.parametrize("name", [name for name, look in LOOKS if look == "What moved"])
def test_without_a_target_it_asks_for_one(name):
    page = opened(name, do="")
    assert "choose at least one variable" in page.info[0].value


def test_a_target_moves_the_answer():
    page = opened("causal-vae")
    before = html(page)
    page.slider(key="causal-vae_do_angle").set_value(35.0).run()
    assert "do(angle = 35°)" in html(page)
    assert "had its angle been 35°?" in html(page)
    assert html(page) != before


def test_the_learned_graph_is_said_to_be_right_or_wrong():
    page = opened("causal-vae", view="The learned graph")
    assert any("equal to the true graph" in caption.value for caption in page.caption)
    (drawn,) = page.get("plotly_chart")
    assert '"shadow position"' in drawn.proto.spec
    assert len(page.get("graphviz_chart")) == 1  # the one above is not drawn again


def test_the_confounder_is_hidden_and_its_proxy_is_the_image():
    drawn = opened("cevae").get("graphviz_chart")[0].proto.spec
    assert r'"severity" [label="severity\n(hidden)", shape=ellipse' in drawn
    assert r'"lot" [label="lot\n(noise)", shape=ellipse' in drawn
    assert r'"treatment" [label="treatment\n:= treated"' in drawn
    shown = {line.split(" -> ")[0] for line in drawn.splitlines() if '-> "image"' in line}
    assert shown == {'"severity"', '"height"'}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_that_is_shown_has_an_underscore(name):
    page = opened(name)
    for kind in ("slider", "number_input", "pills", "segmented_control"):
        for widget in page.get(kind):
            assert "_" not in widget.proto.label.partition("do(")[0]
            assert not any("_" in option for option in getattr(widget, "options", ()))


def test_what_plays_no_part_cannot_be_set():
    idle = {0: {"direction", "width"}, 1: set(), 2: {"direction"}}  # solid, stripes, hollow
    for style, names in idle.items():
        page = opened("scm-vae-styled", style=["solid", "stripes", "hollow"][style])
        assert {widget.label for widget in page.slider if widget.disabled} == names


def test_a_seed_stands_where_it_changes_something():
    assert not opened("causal-vae").number_input
    population = opened("causal-vae", view="A population")
    before = html(population)
    population.number_input(key="seed").set_value(1).run()
    assert html(population) != before
    assert opened("intact-vae").number_input(key="seed")


def test_a_concept_is_traversed_by_its_name():
    page = opened("causal-vae", view="Traversal", latent="shadow length")
    assert "Shadow length at" in html(page)
    assert any("the descendants of the concept would answer" in c.value for c in page.caption)
    face = opened("intact-vae", view="Traversal")
    assert any("no latent is a variable of a causal model" in c.value for c in face.caption)


@pytest.mark.parametrize("name", ["beta-vae", "ladder-vae"])
def test_a_reconstruction_has_its_error(name):
    told = html(opened(name))
    l1 = told.split("L1 a pixel against the original")[1].split(">")[1].split("<")[0]
    dataset = ce.load(name).checkpoint.dataset
    picture = units.picture(dataset, dict(first_unit(dataset)))
    apart = np.abs(ce.load(name).reconstruct(picture) - picture).mean()
    assert float(l1) == pytest.approx(apart, abs=1e-5)


def test_effects_stand_beside_their_truth():
    told = html(opened("cevae", view="Effects"))
    for word in ("truth, this unit", "regression", "naive", "CEVAE"):
        assert word in told


def test_the_style_is_lost_without_abduction():
    told = html(opened("scm-vae-styled", view="Without abduction of z"))
    shares = [float(part.split("<")[0]) for part in told.split("IoU ")[-2:]]
    assert shares[0] > shares[1] + 0.15


def test_an_address_out_of_range_is_no_traceback():
    page = opened("intact-vae", face_width="99", do_Eyeglasses="perhaps")
    assert html(page).count("<img") >= 4


def test_what_moved_says_why():
    told = html(opened("causal-vae", view="What moved"))
    assert "set by do()" in told
    assert "not a descendant: cannot move" in told  # the light
    assert told.count("descends from angle") == 2  # the shadow's length and its position
