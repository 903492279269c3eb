import pytest
import torch
from scipy import ndimage

from causal_explorer.models.smoothing import smoothed


@pytest.fixture
def pictures():
    x = torch.zeros(2, 64, 48, dtype=torch.uint8)
    x[0, 20:34, 18:30] = 1
    x[1, 0:9, 40:48] = 1
    return x


def test_it_is_a_gaussian_filter(pictures):
    """SciPy's, zero outside; what is fainter than 0.01 is dropped."""
    found = smoothed(pictures, 3.0)
    for picture, soft in zip(pictures.numpy(), found.numpy(), strict=True):
        exact = ndimage.gaussian_filter(picture.astype(float), 3.0, mode="constant", truncate=20)
        assert abs(soft - exact).max() <= 0.01
        seen = exact > 0.011
        assert abs(soft - exact)[seen].max() < 1e-5
    assert (found == 0).float().mean() > 0.3


def test_a_narrow_one_leaves_pictures_as_they_are(pictures):
    assert smoothed(pictures, 0.0) is pictures


def test_it_is_exact_under_autocast(pictures):
    with torch.autocast("cpu", torch.bfloat16):
        found = smoothed(pictures, 2.0)
    assert torch.equal(found, smoothed(pictures, 2.0))
