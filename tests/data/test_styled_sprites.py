import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites, styled_sprites
from causal_explorer.data.styled_sprites import FACTORS, HIDDEN, StyledPictures, render

SOLID, STRIPES, HOLLOW = range(3)


def table(count=300, seed=0):
    rng = np.random.default_rng(seed)
    v = np.stack([rng.integers(0, f.classes, count) for f in FACTORS], axis=1)
    return v, rng


def units(v, *style):
    return np.concatenate([v, np.broadcast_to(style, (len(v), 3))], axis=1)


def test_a_solid_sprite_is_dsprites_own():
    v, _ = table()
    np.testing.assert_array_equal(render(units(v, SOLID, 7, 3)), dsprites.render(v))


@pytest.mark.parametrize("style", [STRIPES, HOLLOW])
def test_a_style_only_takes_pixels_away(style):
    v, _ = table()
    for width in range(5):
        assert (render(units(v, style, 5, width)) <= dsprites.render(v)).all()


def test_stripes_are_the_same_under_every_shape():
    """Where two sprites of one place overlap, both show the same stripes."""
    v, rng = table()
    other = v.copy()
    other[:, 0] = (v[:, 0] + rng.integers(1, 3, len(v))) % 3
    other[:, 1:3] = np.stack([rng.integers(0, 6, len(v)), rng.integers(0, 40, len(v))], axis=1)
    for direction in range(12):
        one, two = (render(units(own, STRIPES, direction, 2)) for own in (v, other))
        shared = (dsprites.render(v) & dsprites.render(other)).astype(bool)
        assert shared.any()
        np.testing.assert_array_equal(one[shared], two[shared])


def test_stripes_move_with_the_sprite():
    """The corners of the canvas are a whole number of pixels apart."""
    for direction in range(12):
        corners = np.array([[0, 5, 3, 0, 0], [0, 5, 3, 31, 31]])
        one, two = render(units(corners, STRIPES, direction, 1))
        np.testing.assert_array_equal(one[:32, :32], two[32:, 32:])


def test_level_stripes_are_as_wide_as_they_say():
    square = np.array([[0, 5, 0, 0, 0]])  # half a side of 9.6 pixels, centred on (16, 16)
    picture = render(units(square, STRIPES, 0, 0))[0]  # 2 pixels wide
    rows = picture[:, 16]
    assert rows[15:17].all(), "the first stripe lies on the centre"
    np.testing.assert_array_equal(rows[11:21], [1, 1, 0, 0, 1, 1, 0, 0, 1, 1])
    upright = render(units(square, STRIPES, 6, 0))[0]
    np.testing.assert_array_equal(upright, picture.T)


def test_stripes_turn_counter_clockwise():
    square = np.array([[0, 5, 0, 15, 15]])
    picture = render(units(square, STRIPES, 3, 4))[0]  # 45°: up to the right
    middle = [(r, 62 - r) for r in range(27, 36)]
    assert all(picture[place] for place in middle)


def test_a_hollow_is_the_sprite_less_a_smaller_one():
    """A square's wall is as thick as it says, on every side."""
    square = np.array([[0, 5, 0, 0, 0]])
    for width, pixels in zip(range(5), HIDDEN[2].values, strict=True):
        picture = render(units(square, HOLLOW, 0, width))[0]
        inside = 16 + np.array([-1, 1]) * (9.6 - pixels)
        centre = np.arange(64) + 0.5
        hole = (centre > inside[0]) & (centre < inside[1])
        expected = dsprites.render(square)[0].astype(bool) & ~np.outer(hole, hole)
        np.testing.assert_array_equal(picture.astype(bool), expected)


def test_what_does_not_show_changes_nothing():
    v, rng = table(60)
    styles = styled_sprites.HIDDEN
    drawn = np.stack([rng.integers(0, h.classes, 60) for h in styles], axis=1)
    shown = styled_sprites.as_shown(drawn)
    a, b = (render(np.concatenate([v, own], axis=1)) for own in (drawn, shown))
    np.testing.assert_array_equal(a, b)
    assert (shown[drawn[:, 0] == HOLLOW, 1] == 0).all()


def test_the_prior_draws_every_style_and_a_seed_fixes_it():
    first, again = (styled_sprites.draw_hidden(900, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.bincount(first[:, 0]).min() > 240
    assert set(first[first[:, 0] == STRIPES, 1]) == set(range(12))


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (np.zeros((2, 5), int), r"shape \(2, 5\): it takes \(N, 8\) whole numbers"),
        (np.zeros((2, 8)), "units is float64"),
        (np.full((1, 8), 3), "shape runs from 3 to 3 in units: it takes 0 to 2"),
        (np.array([[0, 0, 0, 0, 0, 1, 12, 0]]), "direction runs from 12 to 12"),
    ],
)
def test_bad_units_are_refused_in_one_sentence(bad, sentence):
    with pytest.raises(ValueError, match=sentence):
        render(bad)


def test_no_units_are_no_pictures():
    assert render(np.zeros((0, 8), int)).shape == (0, 64, 64)


@pytest.fixture(scope="module")
def pictures():
    return StyledPictures(torch.device("cpu"), count=3_000)


def test_batches_are_the_units_labels_and_pictures(pictures):
    rows = np.arange(0, len(pictures.units), 7)
    v, x = pictures(torch.from_numpy(rows))
    np.testing.assert_array_equal(v, pictures.units[rows, :5])
    np.testing.assert_array_equal(x, render(pictures.units[rows]))


def test_no_picture_and_no_unit_stands_in_two_splits(pictures):
    rows = {split: pictures.rows(split, 1) for split in ("train", "validation", "test")}
    assert (
        sum(map(len, rows.values()))
        == len(pictures.units)
        == len(np.unique(pictures.units, axis=0))
    )
    assert 0.75 < len(rows["train"]) / len(pictures.units) < 0.85
    seen = [{picture.tobytes() for picture in pictures.bits[own].numpy()} for own in rows.values()]
    assert len(set.union(*seen)) == sum(map(len, seen))
    assert not np.array_equal(rows["test"], pictures.rows("test", 2))
