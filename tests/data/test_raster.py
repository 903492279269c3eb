import numpy as np
import pytest

from causal_explorer.data import raster


def fill(*corners):
    x, y = np.array(corners, dtype=np.int64).T
    return raster.unpack(raster.pack(raster.fill_polygons(x[None], y[None])))[0]


def inside(corners, row, column):
    """The even-odd rule at one pixel centre, by counting edges to its left."""
    px, py = 256 * column + 128, 256 * row + 128
    count = 0
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if min(y0, y1) < py <= max(y0, y1):
            # crossing x <= px, without division
            dy = y1 - y0
            count += (x0 * dy + (py - y0) * (x1 - x0) - px * dy) * np.sign(dy) <= 0
    return count % 2


@pytest.mark.parametrize("seed", range(20))
def test_any_polygon_equals_the_rule_pixel_by_pixel(seed):
    rng = np.random.default_rng(seed)
    corners = [tuple(c) for c in rng.integers(-2_000, 64 * 256 + 2_000, (7, 2)).tolist()]
    picture = fill(*corners)
    expected = [[inside(corners, r, c) for c in range(64)] for r in range(64)]
    np.testing.assert_array_equal(picture, expected)


def test_ties_left_and_bottom_edges_are_in_right_and_top_are_out():
    low, high = 256 * 10 + 128, 256 * 14 + 128  # through the centres of pixels 10 and 14
    picture = fill((low, low), (high, low), (high, high), (low, high))
    rows, columns = np.nonzero(picture)
    assert (columns.min(), columns.max()) == (10, 13)
    assert (rows.min(), rows.max()) == (11, 14)


def test_snap_rounds_halves_up():
    np.testing.assert_array_equal(
        raster.snap(np.array([0.5 / 256, 1.5 / 256, -0.5 / 256, 3.0])), [1, 2, 0, 768]
    )


def test_pack_is_numpys_layout():
    rows = np.random.default_rng(0).integers(0, 2**63, (5, 64), dtype=np.uint64)
    pictures = raster.unpack(raster.pack(rows))
    np.testing.assert_array_equal(np.packbits(pictures.reshape(5, -1), axis=1), raster.pack(rows))
    assert pictures[2, 7, 63] == rows[2, 7] & np.uint64(1)
