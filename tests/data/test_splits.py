import numpy as np
import pytest

from causal_explorer.data import dsprites, splits
from causal_explorer.data.store import open_store

NAMES = ("train", "validation", "test")

pytestmark = pytest.mark.usefixtures("cache")


def test_splits_partition_the_combinations():
    together = np.concatenate([splits.rows(name) for name in NAMES])
    assert len(together) == dsprites.COUNT
    np.testing.assert_array_equal(np.sort(together), np.arange(dsprites.COUNT))


def test_no_picture_of_one_split_stands_in_another():
    """Bit for bit, over the whole data set."""
    pictures = open_store()
    label = np.empty(dsprites.COUNT, dtype=np.int8)
    for number, name in enumerate(NAMES):
        label[splits.rows(name)] = number
    keys = np.ascontiguousarray(pictures).view("V512").ravel()
    order = np.argsort([hash(key.tobytes()) for key in keys])
    equal = keys[order][1:] == keys[order][:-1]
    assert equal.sum() > 18_432, "orientations 0 and 39, and more"
    assert (label[order][1:] == label[order][:-1])[equal].all()


@pytest.mark.parametrize(("name", "share"), list(zip(NAMES, (0.8, 0.1, 0.1), strict=True)))
def test_shares_hold_overall_and_for_every_class(name, share):
    """As by fair lots: five standard errors, with pictures that occur at most 4 times."""
    classes = dsprites.classes_of(splits.rows(name))
    for axis, factor in enumerate(dsprites.FACTORS):
        expected = dsprites.COUNT / factor.classes * share
        found = np.bincount(classes[:, axis], minlength=factor.classes)
        assert np.abs(found - expected).max() < 5 * np.sqrt(4 * expected * (1 - share))


def test_lots_are_uniform_and_unlike_their_neighbours():
    lots = splits._lots(0)
    counts = np.histogram(lots, 100, (0, 1))[0]
    assert np.abs(counts - dsprites.COUNT / 100).max() < 6 * np.sqrt(2 * dsprites.COUNT / 100)
    assert abs(np.corrcoef(lots[:-1], lots[1:])[0, 1]) < 5 / np.sqrt(dsprites.COUNT)


def test_a_seed_fixes_the_split():
    np.testing.assert_array_equal(splits.rows("test", 3), splits.rows("test", 3))
    assert not np.array_equal(splits.rows("test", 3)[:100], splits.rows("test", 4)[:100])
