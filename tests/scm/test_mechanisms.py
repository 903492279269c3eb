import numpy as np
import pytest

from causal_explorer.scm.mechanisms import circular_row, mechanism, normal_row


@pytest.mark.parametrize("row", [normal_row(32, 3.0, 0.5), normal_row(6, 20.0, 0.1)])
def test_rows_are_positive_and_sum_to_one_however_narrow(row):
    assert (row > 0).all()
    assert row.sum() == pytest.approx(1)


def test_a_normal_row_peaks_at_its_mean_and_is_symmetric():
    row = normal_row(7, 3.0, 1.0)
    assert row.argmax() == 3
    np.testing.assert_allclose(row, row[::-1])


def test_a_circular_row_gives_one_angle_one_probability():
    row = circular_row(np.linspace(0, 2 * np.pi, 40), np.pi / 4, 4.0)
    assert row[0] == pytest.approx(row[39]), "classes 0 and 39 are the same angle"
    assert row.argmax() == 5


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
