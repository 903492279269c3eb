import numpy as np
import pytest
import torch

from causal_explorer.checkpoint import Checkpoint
from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.latents import ALONG, LatentExplorer
from causal_explorer.inference.opened import RefusedError
from causal_explorer.inference.pictures import parse_picture
from causal_explorer.models.registry import build

SMALL = {"sizes": [6, 4, 3], "hidden": [16, 12, 8], "features": 2}


@pytest.fixture(scope="module")
def opened():
    torch.manual_seed(0)
    dataset = dataset_named("dsprites")
    model = build("ladder-vae", dataset, SMALL).eval()
    return LatentExplorer(Checkpoint("small", model, dataset, {}, {}, ""))


@pytest.fixture(scope="module")
def image():
    return dsprites.render(np.array([[2, 3, 10, 16, 16]]))[0]


def test_a_walk_passes_through_the_reconstruction(opened, image):
    x = torch.from_numpy(image)[None].float()
    with torch.no_grad():
        own = float(opened.checkpoint.model.encode(x).mean[0, 4])
    walk = opened.traverse(4, image, [own, own + 1])
    np.testing.assert_allclose(walk[0], opened.reconstruct(image), atol=1e-6)
    assert not np.allclose(walk[0], walk[1])


def test_pictures_have_the_shape_of_the_data_set(opened, image):
    assert opened.reconstruct(image).shape == (64, 64)
    walk = opened.traverse(12, image)
    assert walk.shape == (len(ALONG), 64, 64)
    assert walk.min() >= 0
    assert walk.max() <= 1


def test_the_same_question_has_the_same_answer(opened, image):
    np.testing.assert_array_equal(opened.traverse(0, image), opened.traverse(0, image))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"latent": 13}, "latent is 13: it takes a whole number from 0 to 12"),
        ({"latent": 1.0}, "latent is 1.0"),
        ({"values": []}, "values is .*list of numbers"),
        ({"values": [float("nan")]}, "values is .*list of numbers"),
        ({"values": "far"}, "values is 'far': it takes a list of numbers"),
        ({"image": np.zeros((64, 63))}, "image has shape .64, 63."),
        ({"image": np.full((64, 64), 2)}, "image holds values out of range"),
        ({"image": None}, "image is None: it takes an array"),
    ],
)
def test_bad_input_gets_one_sentence(opened, image, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        opened.traverse(**{"latent": 0, "image": image, **arguments})


@pytest.mark.parametrize("request_", ["intervention", "counterfactual", "effect"])
def test_what_is_causal_is_refused_with_the_reason(opened, request_):
    with pytest.raises(RefusedError, match="small does not .*: no"):
        getattr(opened, request_)(do={"shape": "heart"})


def test_colours_go_in_with_channels_last():
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[1, 2, 0] = 255
    x = parse_picture(picture, (8, 8, 3))
    assert x.shape == (1, 3, 8, 8)
    assert float(x[0, 0, 1, 2]) == 1
