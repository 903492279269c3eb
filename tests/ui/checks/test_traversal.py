import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from causal_explorer.data import dsprites
from causal_explorer.inference.traversal import Traversal
from causal_explorer.scm.variables import Variable
from causal_explorer.ui.checks.traversal import strip_html
from causal_explorer.ui.colours import diverging

SHAPE, _, ORIENTATION, *_ = dsprites.FACTORS


def traversal(variable, seed=0):
    random, count = np.random.default_rng(seed), variable.classes
    truth = random.integers(0, 2, (count, 64, 64)).astype(float)
    return Traversal(variable.name, np.zeros((count, 5), int), truth, random.random(truth.shape))


def images(page):
    """What each picture shows, by its words."""
    found = re.findall(r'<img src="data:image/png;base64,(.*?)" alt="(.*?)">', page)
    return {alt: np.asarray(Image.open(io.BytesIO(base64.b64decode(src)))) for src, alt in found}


@pytest.mark.parametrize("variable", [SHAPE, ORIENTATION])
def test_every_class_has_its_three_pictures(variable):
    found = traversal(variable)
    shown = images(strip_html(found, variable, 1))
    assert len(shown) == 3 * variable.classes
    for k in range(variable.classes):
        words = f"{variable.name} {variable.label(k)}"
        truth, model = found.truth[k], found.reconstruction[k]
        np.testing.assert_array_equal(shown[f"Truth, {words}"], 255 * truth)
        np.testing.assert_array_equal(shown[f"Model, {words}"], np.rint(255 * model))
        np.testing.assert_array_equal(shown[f"Difference, {words}"], diverging(model - truth))


def test_the_wrong_pixels_stand_below_and_the_sprites_own_class_is_marked():
    found = traversal(SHAPE)
    page = strip_html(found, SHAPE, 2)
    counts = re.findall(r"<small>([\d,]+)</small></figure>", page)
    assert counts == [f"{count:,}" for count in found.wrong_pixels]
    assert re.findall(r"ce-here\"><figcaption>(.*?)</figcaption>", page) == ["heart"]


def test_few_pictures_are_large():
    assert 'ce-roomy"' in strip_html(traversal(SHAPE), SHAPE, 0)
    assert 'ce-roomy"' not in strip_html(traversal(ORIENTATION), ORIENTATION, 0)


def test_words_are_escaped():
    hostile = Variable("<b>", (0.0, 1.0), labels=("<i>", '"'))
    page = strip_html(traversal(hostile), hostile, 0)
    assert "<b>" not in page
    assert "<i>" not in page.replace("<i></i>", "")
    assert 'alt="Truth, &lt;b&gt; &quot;"' in page
