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
