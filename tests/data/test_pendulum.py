import numpy as np
import pytest
import torch

from causal_explorer.data import pendulum
from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.pictures import split_rows
from causal_explorer.data.units import adjustable, complete, picture

UNIT = {"angle": 12.5, "light": 95.25}


def test_the_published_grid():
    table = pendulum.grid()
    assert table.shape == (7308, 4)
    assert (table[:, 2] == 3).mean() == pytest.approx(0.396, abs=5e-4)
    assert table[:, 0].min() == pytest.approx(-36)
    assert table[:, 1].max() == pytest.approx(132.3)


def test_the_shadow_lies_where_the_rays_past_rod_and_ball_meet_the_ground():
    angle, light = 20.0, 75.0
    theta, slope = np.radians(angle), np.tan(np.radians(light))
    below = np.array([10 + 9.5 * np.sin(theta), 10.5 - 9.5 * np.cos(theta)])  # the ball's far side
    ends = [10 - (10.5 + 0.5) / slope, below[0] - (below[1] + 0.5) / slope]
    assert pendulum.shadow_position(angle, light) == pytest.approx(np.mean(ends))
    assert pendulum.shadow_length(angle, light) == pytest.approx(abs(ends[1] - ends[0]))


def test_each_value_moves_its_own_part_of_the_picture():
    base = np.array([[10.0, 90.0, 5.0, 10.0]])
    rows = {}
    for place, other in enumerate((-10.0, 110.0, 8.0, 12.0)):
        changed = base.copy()
        changed[0, place] = other
        moved = (pendulum.render(base) != pendulum.render(changed))[0].any((1, 2))
        rows[pendulum.VARIABLES[place].name] = np.flatnonzero(moved)
    assert rows["light"].max() < 20  # the sun, at the top
    assert rows["angle"].min() > 40
    assert rows["angle"].max() < 88
    for name in ("shadow_length", "shadow_position"):
        assert rows[name].min() > 88  # the ground


def test_do_on_an_effect_leaves_its_causes_and_is_drawn():
    law = pendulum.law()
    unit = complete(dataset_named("pendulum"), UNIT)
    noise = law.abduct({name: np.array([value]) for name, value in unit.items()})
    changed = law.predict(noise, {"shadow_length": 9.0})
    assert changed["angle"][0] == unit["angle"]
    assert changed["shadow_position"][0] == pytest.approx(unit["shadow_position"])
    assert changed["shadow_length"][0] == 9.0


def test_a_unit_is_its_roots_and_the_rest_follows():
    dataset = dataset_named("pendulum")
    assert [variable.name for variable in adjustable(dataset)] == ["angle", "light"]
    unit = complete(dataset, UNIT)
    assert unit["shadow_length"] == pytest.approx(pendulum.shadow_length(12.5, 95.25))
    assert picture(dataset, UNIT).shape == (96, 96, 3)
    with pytest.raises(ValueError, match="light has no value"):
        complete(dataset, {"angle": 1.0})
    with pytest.raises(ValueError, match="'moon' is no variable"):
        complete(dataset, UNIT | {"moon": 1.0})


def test_every_fourth_picture_is_held_out():
    pictures = pendulum.open_pictures(torch.device("cpu"))
    assert len(pictures.rows("test")) == 1827
    assert (pictures.rows("test") % 4 == 0).all()
    v, x = pictures(torch.tensor([5]))
    assert (v.dtype, x.shape) == (torch.float32, (1, 3, 96, 96))
    assert 0 <= float(x.min()) < float(x.max()) <= 1


@pytest.mark.parametrize("values", [np.ones(4), np.ones((2, 3)), np.full((1, 4), np.inf)])
def test_what_is_no_table_of_values_is_refused(values):
    with pytest.raises(ValueError, match=r"takes \(N, 4\) finite numbers"):
        pendulum.render(values)


def test_the_grid_is_split_as_it_was_published_and_a_tenth_of_the_rest_validates():
    values, lots = pendulum.table()
    place = np.arange(len(values))
    test, validation = place % 4 == 0, (place % 4 != 0) & (place % 10 == 1)
    for name, own in (("test", test), ("validation", validation), ("train", ~test & ~validation)):
        np.testing.assert_array_equal(split_rows(len(values), name, 0, lots), place[own])
