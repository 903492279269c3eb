import numpy as np
import pytest

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.ui.checks.errors import error_figure, sentence

SHAPE, SCALE, ORIENTATION, POS_X, POS_Y = FACTORS


def counts(rows, columns):
    return np.arange(rows * columns).reshape(rows, columns)


def test_the_map_holds_the_counts_and_the_ring_the_sprite():
    wrong = counts(6, 40)
    figure = error_figure(wrong, ORIENTATION, SCALE, (7, 2))
    heat, ring = figure.data
    np.testing.assert_array_equal(heat.z, wrong)
    assert (heat.zmin, heat.zmax) == (0, 239)
    assert (*ring.x, *ring.y) == (7, 2)
    assert "orientation %{x}, scale %{y}: %{z} of 4,096 pixels wrong" in heat.hovertemplate


def test_places_are_seen_as_in_the_picture():
    figure = error_figure(counts(32, 32), POS_X, POS_Y, (0, 0))
    assert figure.layout.yaxis.range == (31.5, -0.5)
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.xaxis.range == (-0.5, 31.5)
    other = error_figure(counts(6, 40), ORIENTATION, SCALE, (0, 0))
    assert other.layout.yaxis.range == (-0.5, 5.5)


def test_a_map_without_errors_is_dark():
    heat = error_figure(np.zeros((32, 32), int), POS_X, POS_Y, (0, 0)).data[0]
    assert (heat.zmin, heat.zmax) == (0, 1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([0, 0, 0], "All 3 pictures are exact in all 4,096 pixels."),
        ([0, 1, 0, 0], "3 of 4 pictures (75.0 %) are exact in all 4,096 pixels; the worst has 1 w"),
        ([0] * 1_023 + [5], "1,023 of 1,024 pictures (99.9 %)"),
        ([0, 2, 5], "the worst has 5 wrong pixels."),
        ([4_096, 1], "None of the 2 pictures is exact; the worst has 4,096 wrong pixels."),
    ],
)
def test_the_sentence_counts(wrong, words):
    assert words in sentence(np.array(wrong))
