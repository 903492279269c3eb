import numpy as np
import pytest

from causal_explorer.data import units
from causal_explorer.data.dataset import dataset_named


def test_what_follows_takes_what_is_given_for_its_cause():
    treatment = dataset_named("treatment")
    unit = {"severity": 1.0, "shape": 2, "orientation": 4, "speckle": 0.0, "lot": 0.95}
    treated, untreated = (units.complete(treatment, unit | {"t": t}) for t in (1, 0))
    assert treated["y"] == pytest.approx(untreated["y"] + 3.0)  # 2.2 + 0.8 severity


def test_a_unit_is_drawn_in_the_order_of_its_variables():
    pendulum = dataset_named("pendulum")
    unit = units.complete(pendulum, {"angle": 10.0, "light": 100.0})
    shuffled = dict(reversed(unit.items()))
    np.testing.assert_array_equal(units.draw(pendulum, unit), units.draw(pendulum, shuffled))


def test_a_picture_is_the_renderers_in_shares_of_one():
    pendulum = dataset_named("pendulum")
    unit = units.complete(pendulum, {"angle": 10.0, "light": 100.0})
    drawn = pendulum.render(np.array([[unit[v.name] for v in pendulum.variables]]))[0]
    np.testing.assert_array_equal(units.draw(pendulum, unit), drawn / 255)


@pytest.mark.parametrize("apart", [1e-3, 5e-2])
def test_an_effect_is_told_apart_from_what_the_law_says_to_single_precision(apart):
    pendulum, roots = dataset_named("pendulum"), {"angle": 10.0, "light": 100.0}
    said = units.complete(pendulum, roots)
    rounded = roots | {"shadow_length": float(np.float32(said["shadow_length"]))}
    assert units.complete(pendulum, rounded) == said
    told = said["shadow_length"] + apart
    assert units.complete(pendulum, roots | {"shadow_length": told})["shadow_length"] == told
