import numpy as np
import pytest

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.data.styled_sprites import HIDDEN, UNIT, render
from causal_explorer.scm.variables import Quantity, Variable
from tests.scm.small import A, B


def test_labels_and_numbers_name_the_same_class():
    assert A.parse("y") == A.parse(1) == A.parse(np.int64(1)) == 1
    assert A.label(1) == "y"
    assert B.label(1) == "1"


@pytest.mark.parametrize("value", [3, -1, 1.0, True, "w", None, [1], np.array([1, 2])])
def test_anything_else_is_refused_in_one_sentence(value):
    with pytest.raises(ValueError, match="it takes a whole number from 0 to 2 or one of x, y, z"):
        A.parse(value)


def test_a_mean_of_classes_is_no_class():
    assert A.label(0.25) == "0.25"
    assert A.label(1.0) == "y"


def test_people_hear_other_words_than_queries():
    rod = Quantity("rod_angle", -40.0, 40.0, "°")
    assert rod.title == "rod angle"
    assert rod.label(-20) == "−20°"
    assert rod.supposition(-20) == "its rod angle been −20°"
    assert Quantity("y", 0.0, 9.0, "pixels", called="height").label(2) == "2 pixels"
    with pytest.raises(ValueError, match="rod_angle=50 .* from -40 to 40°"):
        rod.parse(50)
    pill = Variable("t", (0.0, 1.0), called="treatment", supposed=("got none", "been treated"))
    assert pill.title == "treatment"
    assert pill.supposition(1, "each") == "each been treated"


def test_a_closed_ring_has_a_value_less_than_classes():
    orientation, direction = FACTORS[2], HIDDEN[1]
    assert (orientation.classes, orientation.steps) == (40, 39)
    assert (direction.classes, direction.steps) == (12, 12)
    assert [v.name for v in (*FACTORS, *HIDDEN) if v.closed] == ["orientation"]


def test_the_angles_of_a_ring_are_those_of_one_turn():
    """Its values, to the last digit, where they are such; half a turn of directions is a whole."""
    orientation, direction = FACTORS[2], HIDDEN[1]
    assert orientation.angles.tolist() == list(orientation.values)
    np.testing.assert_allclose(direction.angles, 2 * np.pi * np.arange(12) / 12, rtol=1e-15)
    five = Variable("five", (0.0, 10.0, 20.0, 30.0, 40.0), kind="circular")
    np.testing.assert_allclose(five.angles, 2 * np.pi * np.arange(5) / 5, rtol=1e-15)


@pytest.mark.parametrize("kind", ["nominal", "ordinal"])
def test_only_a_ring_closes(kind):
    with pytest.raises(ValueError, match=f"line is closed, {kind} and of 3 classes"):
        Variable("line", (0.0, 1.0, 2.0), kind=kind, closed=True)
    with pytest.raises(ValueError, match="and of 2 classes: a ring that closes"):
        Variable("pair", (0.0, 1.0), kind="circular", closed=True)


def test_the_closed_rings_of_the_data_sets_are_those_whose_ends_look_the_same():
    """The renderer decides: closed is where first and last class draw one picture."""
    for variable in (v for v in (*FACTORS, *HIDDEN) if v.kind == "circular"):
        units = np.tile([2, 5, 7, 16, 16, 1, 3, 2], (2, 1))
        units[:, [v.name for v in UNIT].index(variable.name)] = 0, variable.classes - 1
        first, last = render(units)
        assert variable.closed == bool((first == last).all())
