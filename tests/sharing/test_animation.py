import io

import numpy as np
import pytest
from PIL import Image

from causal_explorer.data import dsprites
from causal_explorer.sharing.animation import sweep_gif
from causal_explorer.sharing.panel import panel
from causal_explorer.sharing.picture import GAP, MARGIN, SIDE, drawings
from causal_explorer.sharing.question import Question, ask_all, varied
from tests.ui.small import HEART, NAMES, answer, question

SPRITE = tuple(zip(NAMES, HEART, strict=True))


def swept():
    """The heart, had it been each of the three shapes."""
    panels = []
    for k in range(3):
        after = (k, *HEART[1:])
        density = dsprites.render(np.array([after]))[0] * 0.7
        panels.append(panel(question({"shape": k}), answer({"shape": k}, [after], density)))
    return panels


def frames(data):
    """Each frame in greys, its milliseconds, and the file."""
    image = Image.open(io.BytesIO(data))
    found, times = [], []
    for place in range(image.n_frames):
        image.seek(place)
        found.append(np.asarray(image.convert("RGB")))
        times.append(image.info["duration"])
    return found, times, image


def test_a_frame_a_value_the_last_a_bit_longer_over_and_over():
    found, times, image = frames(sweep_gif(swept()))
    assert len(found) == 3
    assert times == [150, 150, 900]
    assert image.info["loop"] == 0


def test_each_frame_is_the_picture_of_its_panel():
    panels = swept()
    found, *_ = frames(sweep_gif(panels))
    for frame, drawing in zip(found, drawings(panels), strict=True):
        drawn = np.asarray(drawing).astype(int)
        assert (frame == frame[..., :1]).all(), "greys alone"
        body = slice(0, len(drawn) - MARGIN)
        assert np.abs(frame[body, :, 0] - drawn[body]).max() <= 2


def test_black_and_white_stay_exact():
    shown = swept()[0]
    picture = np.kron(shown.figures[0].picture, np.ones((4, 4))) * 255
    first = frames(sweep_gif([shown]))[0][0][..., 0]
    columns = first[:, MARGIN : MARGIN + SIDE]
    assert any((columns[y : y + SIDE] == picture).all() for y in range(len(first) - SIDE))


def test_a_bar_says_how_far_the_sweep_is():
    found, *_ = frames(sweep_gif(swept()))
    bars = [frame[-MARGIN // 2, MARGIN:-MARGIN, 0] for frame in found]
    dark = [(bar < 128).sum() for bar in bars]
    long = 4 * SIDE + 3 * GAP
    assert dark == [round(long / 3), round(2 * long / 3), long]


def test_forty_wide_densities_stay_under_a_megabyte(explorer):
    do, known = (("posX", 0),), ("orientation",)
    asked = Question("scm-vae", "independent", SPRITE, do, 1000, 0, "gumbel", "factors", known)
    explorer = explorer.with_story("independent")
    asked_all = varied(asked, "orientation", explorer)
    data = sweep_gif(list(map(panel, asked_all, ask_all(asked_all, explorer))))
    assert len(frames(data)[0]) == 40
    assert len(data) < 1_000_000


def test_nothing_to_animate_is_one_sentence():
    with pytest.raises(ValueError, match=r"There is nothing to animate: .*\."):
        sweep_gif(())
