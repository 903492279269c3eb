import itertools

import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.metrics import reader as module
from causal_explorer.metrics.reader import Reader, open_reader

SOME = np.array(list(itertools.product(range(3), (0, 5), range(40), (3, 4, 20), (9, 10, 25))))
PICTURES = dsprites.render(SOME)


@pytest.fixture(scope="module")
def some():
    return Reader(dsprites.render_packed(SOME), SOME)


def differences(picture):
    return (picture != PICTURES).sum((1, 2))


def test_a_picture_reads_as_all_combinations_that_draw_it_and_no_other(some):
    for picture in PICTURES[::41]:
        classes, distance = some.read(picture)
        assert distance == 0
        np.testing.assert_array_equal(classes, SOME[differences(picture) == 0])


def test_a_full_turn_is_read_as_both_its_ends(some):
    classes, _ = some.read(PICTURES[(SOME == (2, 5, 0, 20, 25)).all(1)][0])
    assert classes[:, 2].tolist() == [0, 39]


@pytest.mark.parametrize("flipped", [1, 20, 2_000])
def test_other_pictures_read_as_the_nearest(some, flipped):
    """Against brute force; of several nearest the first."""
    rng = np.random.default_rng(flipped)
    for picture in PICTURES[rng.integers(len(SOME), size=8)]:
        noisy = picture.copy()
        noisy.flat[rng.choice(64 * 64, flipped, replace=False)] ^= 1
        check_nearest(some, noisy)


@pytest.mark.parametrize("value", [0, 1])
def test_a_blank_picture_is_not_read_as_everything(some, value):
    """All the smallest sprites are as near to the dark: one picture is taken."""
    blank = np.full((64, 64), value, dtype=np.uint8)
    classes = check_nearest(some, blank)
    assert len(np.unique(classes[:, 3:], axis=0)) == 1


def check_nearest(reader, picture):
    classes, distance = reader.read(picture)
    brute = differences(picture)
    assert distance == brute.min()
    first = PICTURES[brute.argmin()]
    np.testing.assert_array_equal(classes, SOME[differences(first) == 0])
    return classes


def test_digests_that_collide_do_no_harm(some, monkeypatch):
    monkeypatch.setattr(module, "_digest", lambda packed: np.zeros(len(packed), np.uint64))
    colliding = Reader(some.packed, some.classes)
    for picture in PICTURES[::500]:
        equal = SOME[differences(picture) == 0]
        np.testing.assert_array_equal(colliding.read(picture)[0], equal)


@pytest.mark.usefixtures("cache")
def test_all_of_dsprites():
    reader, rng = open_reader(), np.random.default_rng(0)
    for row in rng.choice(dsprites.COUNT, 20):
        v = dsprites.classes_of(np.array([row]))
        picture = dsprites.render(v)[0]
        classes, distance = reader.read(picture)
        assert distance == 0
        assert (classes == v).all(1).any()
        assert (dsprites.render(classes) == picture).all()
    picture[0, 0] ^= 1
    np.testing.assert_array_equal(reader.read(picture)[0], classes)
    assert reader.read(picture)[1] == 1


@pytest.mark.parametrize("shape", [(64, 63), (32, 128), (4096,), (1, 64, 64)])
def test_a_picture_of_another_shape_is_one_sentence(some, shape):
    with pytest.raises(ValueError, match="The picture has shape"):
        some.read(np.zeros(shape))
