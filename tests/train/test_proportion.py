import numpy as np
import pytest

from train.proportion import enough, spread


@pytest.mark.parametrize(
    ("held_out", "epochs", "count"),
    [
        (73_485, 0.0087, 1_024),
        (73_485, 0.5, 36_742),
        (73_485, 1.0, 73_485),
        (73_485, 17.0, 73_485),
        (300, 0.001, 300),
    ],
)
def test_from_one_epoch_on_all_are_seen(held_out, epochs, count):
    assert enough(held_out, epochs) == count


@pytest.mark.parametrize("count", [1, 7, 8_192, 40_000, 73_484, 73_485])
def test_a_part_is_spread_over_all(count):
    rows = np.arange(73_485)
    found = spread(rows, count)
    assert len(np.unique(found)) == count
    gaps = np.diff([*found, 73_485])
    assert gaps.max() - gaps.min() <= 1


def test_there_are_no_more_than_all():
    assert spread(np.arange(5), 8).tolist() == [0, 1, 2, 3, 4]
    assert spread(np.arange(0), 8).tolist() == []
