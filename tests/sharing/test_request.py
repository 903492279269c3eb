from dataclasses import replace

import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.data import dsprites, units
from causal_explorer.scm.variables import Quantity
from causal_explorer.sharing.catalogue import CATALOGUE, address, label, systems
from causal_explorer.sharing.panel import iou_text
from causal_explorer.sharing.request import (
    Request,
    choices,
    request_lines,
    request_panel,
    request_varied,
    rung,
    shown,
    swept,
    values_text,
)
from causal_explorer.ui.systems.unit import first_unit, other

ASKED = [name for name in systems() if "intervention" in ce.load(name).may and name != "scm-vae"]


def asked(name):
    opened = ce.load(name)
    target = opened.targets[0]
    unit = first_unit(opened.checkpoint.dataset)
    return opened, Request(name, unit, ((target.name, other(target)),), samples=11)


@pytest.mark.parametrize("name", ASKED)
def test_a_panel_has_four_pictures_and_says_what_was_asked(name):
    opened, request = asked(name)
    panel = request_panel(request, request.ask(opened), opened)
    assert len(panel.figures) == 4
    assert request.do[0][0] in panel.formula
    assert float(panel.l1.lstrip("< ")) >= 0
    title = "Counterfactual" if rung(opened) == "counterfactual" else "Interventional"
    assert panel.figures[2].title == f"{title} density"


@pytest.mark.parametrize(
    ("name", "do", "sentence"),
    [
        ("intact-vae", {"Eyeglasses": 1}, "had it worn eyeglasses?"),
        ("causal-vae", {"shadow_length": 5.5}, "had its shadow length been 5.5 units?"),
        ("causal-vae", {"angle": -20.0}, "had its angle been −20°?"),
        ("scm-vae-styled", {"shape": 1, "posX": 3}, "had it been an ellipse and its posX been 3?"),
        ("cevae", {"t": 1}, "of all that look like this sprite, had each been treated?"),
    ],
)
def test_a_question_reads_aloud(name, do, sentence):
    opened, request = asked(name)
    request = Request(name, request.unit, tuple(do.items()), samples=1)
    panel = request_panel(request, request.ask(opened), opened)
    assert panel.sentence.endswith(sentence)
    assert all(f"{target} = " in panel.formula for target in do)  # as do() takes it
    assert "_" not in panel.figures[0].alt


@pytest.mark.parametrize("name", ASKED)
def test_figures_say_what_they_are(name):
    opened, request = asked(name)
    panel = request_panel(request, request.ask(opened), opened)
    _, before, after, _ = panel.figures
    assert (before.title == "Reconstruction") == ("reconstruct" in opened.may)
    assert ("averaged over 11 draws" in after.caption) == (name != "causal-vae")


def test_a_model_that_reconstructs_no_unit_shows_a_population():
    opened, request = asked("cevae")
    panel = request_panel(request, request.ask(opened), opened)
    assert panel.figures[1].title == "Without do()"
    assert "all that look like it" in panel.figures[1].caption
    assert panel.remark == "Mean absolute error a pixel."  # its pictures are grey


@pytest.mark.parametrize("name", ASKED)
def test_the_lines_of_python_give_the_same_answer(name, capsys):
    opened, request = asked(name)
    exec(request_lines(request, rung(opened)), {})
    assert float(capsys.readouterr().out) == pytest.approx(request.ask(opened).l1, rel=1e-9)


def test_a_request_is_varied_over_every_value_of_its_control():
    opened, request = asked("causal-vae")
    angle = opened.checkpoint.dataset.variables[0]
    varied = request_varied(request, "angle", True, angle)
    assert [dict(one.do)["angle"] for one in varied] == choices(angle)
    assert all(one.unit == request.unit for one in varied)


def test_a_control_takes_every_value_from_the_lowest_to_the_highest():
    quantity = Quantity("a", -1.0, 1.0, "°", 0.5, called="angle", about="An angle.")
    assert choices(quantity) == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert choices(replace(quantity, low=0.0, high=0.3, step=0.1)) == pytest.approx(
        [0, 0.1, 0.2, 0.3]
    )
    for factor in dsprites.FACTORS:
        assert choices(factor) == list(range(factor.classes))


@pytest.mark.parametrize("name", ASKED)
def test_every_choice_of_a_control_is_one_that_the_model_takes(name):
    opened, request = asked(name)
    for target in opened.targets:
        values = choices(target)
        ends = (target.low, target.high) if isinstance(target, Quantity) else None
        assert ends in (None, (values[0], pytest.approx(values[-1])))
        for value in (values[0], values[-1]):
            replace(request, do=((target.name, value),), samples=1).ask(opened)


def test_a_unit_is_varied_apart_from_what_is_done():
    opened, request = asked("causal-vae")
    light = opened.checkpoint.dataset.variables[1]
    varied = request_varied(request, "light", False, light)
    assert [dict(one.unit)["light"] for one in varied] == choices(light)
    assert all(one.do == request.do for one in varied)
    assert all(dict(one.unit)["angle"] == dict(request.unit)["angle"] for one in varied)
    kept = (request.checkpoint, request.samples, request.seed)
    assert all((one.checkpoint, one.samples, one.seed) == kept for one in varied)


def test_what_takes_too_many_values_or_changes_nothing_is_not_swept():
    opened, request = asked("scm-vae-styled")
    plain = dict(request.unit) | {"style": 0}
    told = replace(request, unit=tuple(plain.items()))
    found = [(variable.name, done) for variable, done in swept(told, opened, 40)]
    assert found[0] == (request.do[0][0], True), "what is done comes first"
    idle = opened.checkpoint.dataset.idle(plain)
    assert idle
    assert {name for name, done in found if not done} == set(plain) - set(idle)
    few = {variable.name for variable, _ in swept(told, opened, 6)}
    assert "scale" in few  # six classes, which is not more than six
    assert not few & {"orientation", "posX", "posY"}


def test_values_are_written_as_do_takes_them():
    opened, _ = asked("causal-vae")
    variables = opened.checkpoint.dataset.variables
    assert values_text({"light": 90, "angle": -20}, variables) == "angle = −20°, light = 90°"
    assert values_text({}, variables) == ""


@pytest.mark.parametrize("name", ASKED)
def test_a_panel_shows_what_was_answered(name):
    opened, request = asked(name)
    answer = request.ask(opened)
    panel = request_panel(request, answer, opened)
    wanted = (answer.original, answer.reconstruction, answer.density, answer.truth)
    for figure, picture in zip(panel.figures, wanted, strict=True):
        np.testing.assert_array_equal(figure.picture, shown(picture))
    slots = [figure.slot for figure in panel.figures]
    assert slots == ["original", "reconstruction", "density", "truth"]
    assert panel.iou == (iou_text(answer.iou) if name == "scm-vae-styled" else "")
    colours = opened.checkpoint.dataset.colours > 1
    assert ("colour channel" in panel.remark) == (colours and not panel.iou)
    assert panel.formula == f"do({values_text(dict(request.do), opened.targets)})"


def test_pictures_are_shown_as_they_are_held():
    assert shown(np.zeros((4, 4))).shape == (4, 4)
    assert shown(np.zeros((4, 4, 1))).shape == (4, 4)
    colour = shown(np.full((4, 4, 3), 0.5))
    assert colour.dtype == np.uint8
    assert (colour == 128).all()
    wide = shown(np.stack([np.full((2, 2), k) for k in (-1.0, 0.25, 9.0)], axis=2))
    assert wide[0, 0].tolist() == [0, 64, 255]
    grey = np.arange(8.0).reshape(2, 4, 1)
    np.testing.assert_array_equal(shown(grey), grey[..., 0])


def test_systems_are_called_apart_and_found_by_their_address():
    names = [label(name) for name in CATALOGUE]
    assert len(set(names)) == len(names)
    assert address("causal-vae") == "./?system=CausalVAE%2C+pendulum"


@pytest.mark.parametrize("name", systems())
def test_the_first_unit_of_a_system_is_one_that_its_data_set_draws(name):
    dataset = ce.load(name).checkpoint.dataset
    picture = units.picture(dataset, dict(first_unit(dataset)))
    assert picture.shape == dataset.shape
    assert picture.min() < picture.max()
