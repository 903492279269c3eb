import numpy as np
import pytest
import torch

from causal_explorer.models.texture import POINTS, Places, both


@pytest.fixture
def places():
    """Two windows of 8 pixels, a few of them looked at."""
    offset = torch.arange(8.0) - 3.5
    right, down = torch.stack([offset, offset + 0.25]), torch.stack([offset - 0.5, offset])
    pixels = torch.tensor([0, 9, 27, 64, 100, 127])
    inset = torch.tensor([-1.0, 0.0, 0.25, 3.5, 13.6, 99.0])
    return Places.of(right, down, pixels, inset, waves=3)


def test_the_logit_of_both_is_that_of_the_product():
    a, b = torch.linspace(-8, 8, 9).double(), torch.linspace(8, -8, 9).double() + 1
    torch.testing.assert_close(both(a, b).sigmoid(), a.sigmoid() * b.sigmoid())


def test_where_one_is_certain_the_other_decides():
    other = torch.linspace(-5, 5, 11)
    torch.testing.assert_close(both(torch.full((11,), 20.0), other), other, atol=1e-5, rtol=0)
    assert (both(torch.full((11,), -20.0), other) < -19.9).all()


def test_a_constant_is_the_first_term_and_a_curve_is_read_between_its_points(places):
    coefficients = torch.zeros(2, 49 + POINTS)
    coefficients[:, 0] = 2.0
    torch.testing.assert_close(places.paint(coefficients), torch.full((6,), 2.0))
    coefficients[:, 49:] = torch.arange(float(POINTS)) / 2  # the inset itself, every half pixel
    expected = 2.0 + torch.tensor([0.0, 0.0, 0.25, 3.5, 13.5, 13.5])
    torch.testing.assert_close(places.paint(coefficients), expected, atol=1e-3, rtol=0)


def test_reading_is_the_transpose_of_painting(places):
    """⟨paint(c), y⟩ = ⟨c, read(y)⟩ for every c and y."""
    generator = torch.Generator().manual_seed(0)
    coefficients = torch.randn(2, 49 + POINTS, generator=generator)
    values = torch.randn(6, generator=generator)
    painted, read = places.paint(coefficients) @ values, (coefficients * places.read(values)).sum()
    assert float(painted) == pytest.approx(float(read), rel=1e-4)


def test_a_series_moves_with_the_sprite():
    """The same offsets from the centre give the same texture, wherever the window lies."""
    coefficients = torch.randn(1, 49 + POINTS, generator=torch.Generator().manual_seed(1))
    offset, pixels = torch.arange(8.0) - 3.3, torch.arange(64)
    own = Places.of(offset[None], offset[None], pixels, torch.ones(64), 3).paint(coefficients)
    shifted = offset + 1.0  # one pixel on: the picture is one pixel on
    moved = Places.of(shifted[None], offset[None], pixels, torch.ones(64), 3).paint(coefficients)
    np.testing.assert_allclose(own.view(8, 8)[:, 1:], moved.view(8, 8)[:, :-1], atol=1e-5)
