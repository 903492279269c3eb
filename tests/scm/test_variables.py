import numpy as np
import pytest

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
