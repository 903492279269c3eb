import numpy as np
import pytest

from causal_explorer.data import styled_sprites
from causal_explorer.metrics.style import every_style, style_kept

STYLES = every_style()
UNITS = np.concatenate([np.tile((0, 5, 0, 16, 16), (len(STYLES), 1)), STYLES], axis=1)
PICTURES = styled_sprites.render(UNITS).astype(bool)  # of a large square


def test_every_style_is_its_own():
    assert len(np.unique(STYLES, axis=0)) == len(STYLES)
    assert style_kept(PICTURES, UNITS).all()


def test_a_style_is_lost_where_another_is_nearer_and_kept_where_pixels_are_missing():
    other = np.roll(PICTURES, 1, axis=0)
    alike = (other == PICTURES).all((1, 2))
    assert alike.sum() <= 3
    assert style_kept(other, UNITS).tolist() == alike.tolist()
    noisy = PICTURES.copy()
    noisy[:, 0, :3] ^= True  # in the ground, which is as far from all styles
    assert style_kept(noisy, UNITS).all()


@pytest.mark.parametrize("shape", [(1, 64, 64), (2, 64, 63), (2, 64)])
def test_pictures_without_their_units_are_one_sentence(shape):
    with pytest.raises(ValueError, match="it takes"):
        style_kept(np.zeros(shape, bool), np.zeros((2, 8), int))
