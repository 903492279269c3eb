import numpy as np
import pytest
from plotly.colors import hex_to_rgb, sample_colorscale, sequential, unlabel_rgb

from causal_explorer.ui.colours import BLUE, ORANGE, cividis, diverging


def luminance(colours: np.ndarray) -> np.ndarray:
    """Relative luminance (WCAG 2.1)."""
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_a_difference_is_blue_below_zero_white_at_zero_and_orange_above():
    ((below, zero, above),) = diverging(np.array([[-1.0, 0.0, 1.0]]))
    assert tuple(below) == hex_to_rgb(BLUE)
    assert tuple(zero) == (255, 255, 255)
    assert tuple(above) == hex_to_rgb(ORANGE)
    assert below[2] > below[0]
    assert above[0] > above[2]


def test_a_difference_gets_darker_away_from_zero_on_both_sides():
    tones = luminance(diverging(np.linspace(-1, 1, 101)[None])[0])
    assert (np.diff(tones[:51]) > 0).all()
    assert (np.diff(tones[50:]) < 0).all()


@pytest.mark.parametrize("share", [0, 0.1, 0.37, 0.5, 0.99, 1])
def test_cividis_is_plotlys(share):
    (sampled,) = sample_colorscale(sequential.Cividis, [share])
    assert np.abs(cividis(np.array([[share]]))[0, 0] - unlabel_rgb(sampled)).max() <= 0.5


def test_cividis_gets_lighter_throughout():
    assert (np.diff(luminance(cividis(np.linspace(0, 1, 50)[None])[0])) > 0).all()


@pytest.mark.parametrize("colours", [diverging, cividis])
def test_shapes_and_ends(colours):
    picture = np.random.default_rng(0).random((5, 7))
    mapped = colours(picture)
    assert mapped.shape == (5, 7, 3)
    assert mapped.dtype == np.uint8
    np.testing.assert_array_equal(colours(picture.T), mapped.transpose(1, 0, 2))
    beyond, ends = np.array([[-1 - 1e-9, 1 + 1e-9]]), np.array([[-1.0, 1.0]])
    np.testing.assert_array_equal(colours(beyond), colours(ends))
