import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.ui import serving


@pytest.mark.parametrize("story", ["default", "independent"])
def test_sprites_of_a_story_are_all_different_and_drawn_by_their_seed(story):
    drawn = serving.sprites(story, 8, 3)
    assert len(set(drawn)) == 8
    dsprites.check(np.array(drawn))
    assert serving.sprites(story, 8, 3) == drawn
    assert serving.sprites(story, 8, 4) != drawn


def test_the_stories_draw_different_sprites():
    assert serving.sprites("default", 8, 0) != serving.sprites("independent", 8, 0)


def test_a_picture_is_the_renderers():
    sprite = (2, 3, 4, 10, 16)
    assert (serving.picture(sprite) == dsprites.render(np.array([sprite]))[0]).all()
