import numpy as np
import pytest

from tests.scm.small import A, B


def test_labels_and_numbers_name_the_same_class():
    assert A.parse("y") == A.parse(1) == A.parse(np.int64(1)) == 1
    assert A.label(1) == "y"
    assert B.label(1) == "1"


@pytest.mark.parametrize("value", [3, -1, 1.0, True, "w", None, [1], np.array([1, 2])])
def test_anything_else_is_refused_in_one_sentence(value):
    with pytest.raises(ValueError, match="it takes a whole number from 0 to 2 or one of x, y, z"):
        A.parse(value)
