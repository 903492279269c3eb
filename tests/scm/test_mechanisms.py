import numpy as np
import pytest

from causal_explorer.scm.mechanisms import mechanism


@pytest.mark.parametrize(
    ("parents", "rows", "sentence"),
    [
        ((), [0.5, 0.5, 0.0], "must stay possible"),
        ((), [0.5, np.nan, 0.5], "not a positive number"),
        ((), [0.5, 0.2], "does not sum to 1"),
        (("a",), [0.5, 0.5], "one axis for each parent"),
    ],
)
def test_bad_tables_are_refused(parents, rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        mechanism(parents, rows)
