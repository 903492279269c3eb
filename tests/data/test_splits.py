import numpy as np

from causal_explorer.data import dsprites, splits

NAMES = ("train", "validation", "test")


def test_splits_partition_the_combinations():
    together = np.concatenate([splits.rows(name) for name in NAMES])
    assert len(together) == dsprites.COUNT
    np.testing.assert_array_equal(np.sort(together), np.arange(dsprites.COUNT))


def test_shares_are_eighty_ten_ten():
    for name, share in zip(NAMES, (0.8, 0.1, 0.1), strict=True):
        sd = np.sqrt(share * (1 - share) / (dsprites.COUNT * 39 / 40))
        assert abs(len(splits.rows(name)) / dsprites.COUNT - share) < 5 * sd


def test_no_picture_of_one_split_stands_in_another():
    """Orientations 0 and 39 draw the same picture, so they go together."""
    for name in NAMES:
        classes = dsprites.classes_of(splits.rows(name))
        first, last = classes[classes[:, 2] == 0], classes[classes[:, 2] == 39]
        np.testing.assert_array_equal(first[:, [0, 1, 3, 4]], last[:, [0, 1, 3, 4]])


def test_a_seed_fixes_the_split():
    np.testing.assert_array_equal(splits.rows("test", 3), splits.rows("test", 3))
    assert not np.array_equal(splits.rows("test", 3)[:100], splits.rows("test", 4)[:100])
