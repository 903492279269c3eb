import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites, splits
from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.pictures import DrawnPictures, split_rows
from causal_explorer.data.store import open_store
from causal_explorer.data.styled_sprites import StyledPictures

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


FIRST = np.arange(6 * 64, dtype=np.uint64).reshape(6, 64)  # six pictures of 64 words
LOTS = {
    0: [0.63648352, 0.01464507, 0.56440181, 0.95631984, 0.52567914, 0.70453935],
    1: [0.99177323, 0.59677941, 0.24424439, 0.11814816, 0.46014679, 0.19160196],
}
DRAWN = {  # of 60 units
    (0, "test"): [2, 3, 11, 13, 20, 48, 53, 59],
    (0, "validation"): [15, 21, 32, 55],
    (1, "test"): [9, 36, 39, 55],
    (1, "validation"): [2, 16, 28, 31, 48, 52, 54],
}


@pytest.mark.parametrize("seed", LOTS)
def test_the_lots_of_pictures_are_these(seed):
    """Frozen: checkpoints were trained and tested by them."""
    np.testing.assert_allclose(splits.lots(FIRST, seed), LOTS[seed], atol=1e-8)


@pytest.mark.parametrize(("seed", "name"), DRAWN)
def test_the_lots_of_units_are_these(seed, name):
    assert split_rows(60, name, seed).tolist() == DRAWN[seed, name]


@pytest.mark.parametrize("name", NAMES)
def test_lots_that_are_told_split_the_units_whatever_the_seed(name):
    told = np.array([0.0, 0.0999, 0.1, 0.1999, 0.2, 0.9999])
    wanted = {"test": [0, 1], "validation": [2, 3], "train": [4, 5]}[name]
    for seed in (0, 1):
        assert split_rows(6, name, seed, told).tolist() == wanted
    assert splits.members(told, name).tolist() == wanted


def of_data(name):
    """Rows of a split by a seed, of each way to split there is."""
    device = torch.device("cpu")
    faces = dataset_named({"name": "faces", "units": 2_000}).open(device)
    trial = dataset_named({"name": "treatment", "units": 2_000}).open(device)
    synthetic = dataset_named({"name": "cevae-synthetic", "units": 2_000}).open(device)
    styled = StyledPictures(device, 2_000)
    every = {"faces": faces, "treatment": trial, "cevae-synthetic": synthetic, "styled": styled}
    return splits.rows if name == "dsprites" else every[name].rows


@pytest.mark.parametrize("name", ["dsprites", "faces", "treatment", "cevae-synthetic", "styled"])
def test_two_seeds_split_apart_and_each_is_shuffled(name):
    """Of one seed's test rows four fifths train under another, as by chance; none under its own."""
    rows = of_data(name)
    test, train, other = rows("test", 0), rows("train", 0), rows("train", 1)
    assert not np.isin(test, train).any()
    share = np.isin(test, other).mean()
    assert abs(share - 0.8) < 5 * np.sqrt(0.8 * 0.2 / len(test)) * 2  # twins go together
    place = test / (max(test.max(), train.max()) + 1)  # spread evenly, not a block at one end
    assert abs(place.mean() - 0.5) < 5 * np.sqrt(1 / 12 / len(test)) * 2
    assert np.diff(test).max() < len(train) / 4


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ([0.5] * 20, "Of 20 units none falls into test and validation: each split takes one"),
        ([0.05] * 4 + [0.5] * 4, "none falls into validation:"),
        ([0.15] * 4 + [0.5] * 4, "none falls into test:"),
        ([0.05] * 4 + [0.15] * 4, "none falls into train:"),
        ([], "Of 0 units none falls into test and validation and train"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_split_is_one_sentence_whichever_is_asked(told, named, name):
    told = np.array(told)
    x = np.zeros((len(told), 4, 4, 3), np.uint8)
    pictures = DrawnPictures(np.zeros((len(told), 1), np.int64), x, torch.device("cpu"), split=told)
    for asked in (lambda: splits.members(told, name), lambda: pictures.rows(name)):
        with pytest.raises(ValueError, match=named):
            asked()


@pytest.mark.parametrize("name", ["treatment", "cevae-synthetic"])
def test_too_few_units_are_refused_before_anything_is_learnt(name):
    pictures = dataset_named({"name": name, "units": 10}).open(torch.device("cpu"))
    with pytest.raises(ValueError, match="Of 10 units none falls into .* give more units"):
        pictures.rows("train")
