from itertools import product

import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.inference.disturbance import log_disturbance, none_of_these

SPRITES = dsprites.render(
    dsprites.classes_of(np.random.default_rng(0).integers(0, dsprites.COUNT, 40))
)


@pytest.mark.parametrize(
    "figure",
    [np.zeros((3, 4)), np.ones((3, 4)), np.eye(3, 4), np.array([[0] * 4, [1] * 4, [0] * 4])],
)
def test_it_is_a_law(figure):
    """Over all pictures of 3 × 4 pixels it sums to 1, whatever was disturbed."""
    figures = figure.astype(np.uint8)[None]
    every = (np.array(bits, np.uint8).reshape(3, 4) for bits in product((0, 1), repeat=12))
    total = np.exp([log_disturbance(x, figures)[0] for x in every]).sum()
    assert total == pytest.approx(1, rel=1e-9)


def test_many_figures_are_each_compared_as_alone():
    x = SPRITES[0]
    together = log_disturbance(x, SPRITES)
    alone = [log_disturbance(x, figure[None])[0] for figure in SPRITES]
    np.testing.assert_allclose(together, alone)


def test_nothing_explains_a_picture_as_well_as_the_picture_itself():
    for x in SPRITES:
        assert log_disturbance(x, SPRITES).max() == log_disturbance(x, x[None])[0]


def test_a_sprite_is_a_sprite_and_a_few_stray_pixels_leave_it_one():
    rng = np.random.default_rng(1)
    for figure in SPRITES:
        x = figure.copy()
        assert none_of_these(x, figure[None], dsprites.COUNT) < 1e-3
        for flips in (40, 360):
            x.reshape(-1)[rng.choice(4096, flips, replace=False)] ^= 1
            assert none_of_these(x, figure[None], dsprites.COUNT) < 1e-3


def test_another_figure_is_none_of_these():
    ring = np.hypot(*(np.indices((64, 64)) - 31.5))
    x = ((ring < 12) & (ring > 8)).astype(np.uint8)
    assert none_of_these(x, SPRITES, dsprites.COUNT) > 0.999


def test_more_figures_to_choose_from_make_each_less_probable_beforehand():
    x = SPRITES[0].copy()
    x[30:40, 20:50] ^= 1
    few, many = (none_of_these(x, SPRITES[:1], count) for count in (1, 10**6))
    odds = many / (1 - many) / (few / (1 - few))
    assert odds == pytest.approx(10**6, rel=1e-6)
