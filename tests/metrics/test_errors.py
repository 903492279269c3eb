from dataclasses import replace

import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.metrics import errors
from causal_explorer.metrics.errors import error_map, wrong_pixels
from tests.metrics.small import Blank, Perfect

HEART = {"shape": "heart", "scale": 3, "orientation": 4, "posX": 10, "posY": 16}
HEART_CLASSES = (2, *list(HEART.values())[1:])


def of(model):
    """The shipped explorer with another image model."""
    explorer = ce.load("scm-vae")
    return replace(explorer, checkpoint=replace(explorer.checkpoint, model=model))


def sprites(count, seed=0):
    rows = np.random.default_rng(seed).choice(dsprites.COUNT, count, replace=False)
    return dsprites.classes_of(rows)


@pytest.mark.parametrize("count", [0, 1, 1_030])
def test_the_perfect_model_errs_nowhere_and_a_blank_one_wherever_there_is_light(count):
    table = sprites(count)
    light = dsprites.render(table).sum((1, 2), dtype=np.int64)
    assert wrong_pixels(of(Perfect()), table).tolist() == [0] * count
    assert wrong_pixels(of(Blank()), table).tolist() == light.tolist()


@pytest.mark.parametrize(("factor", "place"), [("shape", 0), ("orientation", 2)])
def test_they_are_those_of_a_traversal(factor, place):
    """Where pictures read z too: all rest on the same draws."""
    exhibit = ce.load("scm-vae-mlp")
    found = exhibit.traverse(factor, HEART, seed=1, samples=64)
    assert found.wrong_pixels.min() > 0
    assert wrong_pixels(exhibit, found.classes, seed=1).tolist() == found.wrong_pixels.tolist()
    assert len(found.classes) == dsprites.DIMENSIONS[place]


def test_every_batch_rests_on_the_same_draws(monkeypatch):
    """One sprite, told twice in each of three batches and once in the last."""
    exhibit, alone = ce.load("scm-vae-mlp"), np.array([list(HEART_CLASSES)])
    wrong = wrong_pixels(exhibit, alone, seed=1)
    assert wrong > 0
    monkeypatch.setattr(errors, "_AT_ONCE", 2)
    assert wrong_pixels(exhibit, alone.repeat(7, 0), seed=1).tolist() == wrong.tolist() * 7
    mixed = np.concatenate([sprites(3), alone, sprites(3, seed=1)])
    monkeypatch.undo()
    whole = wrong_pixels(exhibit, mixed, seed=1)
    monkeypatch.setattr(errors, "_AT_ONCE", 3)
    assert wrong_pixels(exhibit, mixed, seed=1).tolist() == whole.tolist()


def test_a_map_has_a_row_for_each_class_of_one_factor_and_a_column_for_each_of_the_other(explorer):
    blank = of(Blank())
    wrong = error_map(blank, HEART, across="orientation", down="scale")
    assert wrong.shape == (6, 40)
    for k in (0, 5):
        row = blank.traverse("orientation", {**HEART, "scale": k})
        assert wrong[k].tolist() == row.wrong_pixels.tolist()
    np.testing.assert_array_equal(error_map(blank, HEART, "scale", "orientation"), wrong.T)
    assert error_map(explorer, HEART, "posX", "posY").shape == (32, 32)


def test_the_factors_of_the_axes_need_no_class():
    blank = of(Blank())
    others = {name: HEART[name] for name in ("shape", "scale", "orientation")}
    np.testing.assert_array_equal(
        error_map(blank, others, "posX", "posY"), error_map(blank, HEART, "posX", "posY")
    )


def test_the_shipped_model_errs_seldom_and_the_exhibit_always(explorer):
    assert (error_map(explorer, HEART, "posX", "posY") > 0).mean() < 0.01
    assert error_map(ce.load("scm-vae-mlp"), HEART, "orientation", "scale").min() > 0


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ([[2, 3, 4, 10]], "classes has shape"),
        ([[2, 3, 4, 10, 32]], "posY runs from 32 to 32"),
        ([[2.0, 3, 4, 10, 16]], "classes has type float64"),
        ([[2], [2, 3]], "classes is ragged"),
    ],
)
def test_bad_tables_are_refused_in_one_sentence(explorer, classes, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        wrong_pixels(explorer, classes)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ((HEART, "posX", "posX"), "across and down are both posX"),
        ((HEART, "hue", "posX"), "factor='hue' is unknown"),
        ((HEART, "posX", None), "factor=None is unknown"),
        (({"shape": 2}, "posX", "posY"), "factors lacks scale, orientation: a map of posX and"),
        (({**HEART, "scale": 6}, "posX", "posY"), "scale=6 is not a class of scale"),
        ((HEART, "posX", "posY", 0.5), "seed is 0.5"),
    ],
)
def test_bad_maps_are_refused_in_one_sentence(explorer, asked, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        error_map(explorer, *asked)
    assert "\n" not in str(error.value)
