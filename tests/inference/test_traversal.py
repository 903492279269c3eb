import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.inference.traversal import Traversal, pixels_apart, reconstruct, traverse
from tests.metrics.small import Blank, Perfect, world_of

HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 30}
ROW = np.array([2, 3, 10, 16, 30])
NAMES = [factor.name for factor in dsprites.FACTORS]


@pytest.fixture(scope="module")
def exhibit():
    """Its pictures read z."""
    return ce.load("scm-vae-mlp")


@pytest.mark.parametrize("factor", NAMES)
def test_one_factor_runs_and_the_others_stand_still(explorer, factor):
    found, place = explorer.traverse(factor, HEART), NAMES.index(factor)
    count = dsprites.DIMENSIONS[place]
    assert found.factor == factor
    assert found.classes[:, place].tolist() == list(range(count))
    assert (np.delete(found.classes, place, axis=1) == np.delete(ROW, place)).all()
    np.testing.assert_array_equal(found.truth, dsprites.render(found.classes))
    assert found.truth.shape == found.reconstruction.shape == (count, 64, 64)
    assert found.truth.dtype == found.reconstruction.dtype == np.float64
    assert found.wrong_pixels.max() <= 1


def test_its_own_class_is_not_looked_at(explorer):
    others = {name: value for name, value in HEART.items() if name != "scale"}
    found = [explorer.traverse("scale", given) for given in (HEART, others, others | {"scale": 0})]
    for one in found[1:]:
        np.testing.assert_array_equal(one.classes, found[0].classes)
        np.testing.assert_array_equal(one.reconstruction, found[0].reconstruction)


@pytest.mark.parametrize("name", ["scm-vae", "scm-vae-mlp"])
def test_the_reconstruction_is_that_of_a_counterfactual_on_the_same_draws(name):
    """Under independence do(posX) moves no other factor, so that all draws are of z."""
    asked = ce.load(name).with_story("independent")
    found = asked.traverse("orientation", HEART, seed=3)
    for k in (0, 10, 39):  # in different batches
        answer = asked.counterfactual({**HEART, "orientation": k}, do={"posX": 0}, seed=3)
        np.testing.assert_allclose(found.reconstruction[k], answer.reconstruction, atol=1e-5)


def test_same_seed_same_pictures_and_another_seed_others(exhibit):
    first, again, other = (exhibit.traverse("shape", HEART, seed=k) for k in (1, 1, 2))
    np.testing.assert_array_equal(first.reconstruction, again.reconstruction)
    assert not np.array_equal(first.reconstruction, other.reconstruction)


def test_a_traversal_is_no_intervention(explorer):
    """Under do(scale) posY answers; here it stays."""
    swept = explorer.sweep("scale", HEART, samples=100)[0].counterfactual
    assert len(np.unique(swept[:, 4])) > 1
    assert (explorer.traverse("scale", HEART).classes[:, 4] == 30).all()


@pytest.mark.parametrize(("model", "share"), [(Perfect(), 0), (Blank(), 1)])
def test_pixels_are_counted_where_the_reconstruction_is_not_the_truth(model, share):
    others = dict(zip(NAMES, ROW.tolist(), strict=True))
    found = traverse(world_of(model), dsprites.FACTORS[1], others, torch.Generator())
    assert found.wrong_pixels.tolist() == (share * found.truth.sum((1, 2))).tolist()


def test_the_average_is_over_z():
    """A picture that z shows or hides is as light as its share of the draws."""

    class Flicker(Perfect):
        def paint(self, v, z):
            return super().paint(v, z) * (z[:, 0] > 0)[:, None, None]

    z = torch.randn(16, 2, generator=torch.Generator().manual_seed(0))
    x, mean = reconstruct(world_of(Flicker()), ROW[None], z)
    share = float((z[:, 0] > 0).double().mean())
    assert 0 < share < 1
    np.testing.assert_allclose(mean[x == 1], share, atol=1e-6)  # σ(-16) = 1e-7
    np.testing.assert_allclose(mean[x == 0], 0, atol=1e-6)


def test_pixels_apart_is_a_count_at_one_half():
    x = np.zeros((2, 64, 64))
    y = np.zeros((2, 64, 64))
    x[0, :2, 0], y[0, 0, 0], y[1, 0, :3] = 1, 0.5, (0.49, 0.5, 0.51)
    assert pixels_apart(x, y).tolist() == [2, 1]
    assert Traversal("scale", np.empty((2, 5)), x, y).wrong_pixels.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("hue", HEART), "factor='hue' is unknown: it takes one of shape, scale"),
        ((3, HEART), "factor=3 is unknown"),
        (("scale", None), "factors lacks shape, orientation, posX, posY: a traversal of scale"),
        (("scale", {**HEART, "hue": 1}), "factors names the unknown factor 'hue'"),
        (("scale", {**HEART, "posX": 32}), "posX=32 is not a class of posX"),
        (("scale", {**HEART, "scale": 6}), "scale=6 is not a class of scale"),
        (("scale", [2, 3]), "factors is a list: it takes a dict"),
        (("scale", HEART, -1), "seed is -1: it takes a whole number from 0"),
    ],
)
def test_bad_questions_are_refused_in_one_sentence(explorer, asked, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        explorer.traverse(*asked)
    assert "\n" not in str(error.value)


def test_an_image_alone_is_reconstructed(explorer):
    heart = explorer.checkpoint.dataset.render(np.array([[2, 3, 4, 10, 16]]))[0]
    found = explorer.reconstruct(heart)
    assert found.shape == (64, 64)
    assert ((found > 0.5) == heart).all()
