import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build
from causal_explorer.models.scm_vae import SCMVAEConfig


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="has no setting 'depth': it takes latent, corners"):
        build("scm-vae", dataset_named("dsprites"), {"depth": 3})
    with pytest.raises(ValueError, match="'gan' is unknown: there is scm-vae, scm-vae-mlp"):
        build("gan", dataset_named("dsprites"), {})
    for bad in (0, 1.5, "8", True, 10**30):
        with pytest.raises(ValueError, match="latent is .*whole number from 1 to 8,192"):
            SCMVAEConfig(latent=bad)
    with pytest.raises(ValueError, match="window is 65: it takes a whole number from 1 to 64"):
        SCMVAEConfig(window=65)


@pytest.mark.parametrize("model", ["scm-vae", "scm-vae-mlp", "scm-vae-styled", "recogniser"])
@pytest.mark.parametrize("data", ["faces", "pendulum", "treatment", "cevae-synthetic"])
def test_what_learns_sprites_names_the_data_set_as_the_trouble(model, data):
    with pytest.raises(ValueError, match=f"{model} learns pictures of shape, .*: {data} has "):
        build(model, dataset_named(data), {})


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        ({"corners": 4}, "corners is 4: it takes a list"),
        ({"corners": "abc"}, "corners is 'abc': it takes a list"),
        ({"corners": []}, "it takes a list"),
        ({"corners": [4, 100]}, "corners has 2 numbers: it takes 3, one for each class of shape"),
        ({"corners": [4, 100, "x"]}, "it takes whole numbers from 1"),
        ({"corners": [4, 2, 150]}, "an outline takes 3 or more"),
        ({"harmonics": 4}, "harmonics is 4: it takes a list"),
        ({"harmonics": [4]}, "harmonics has 1 numbers: it takes 3, one for each class of shape"),
        ({"latent": True}, "latent is True"),
        ({"grid": 0}, "grid is 0: it takes a whole number from 1"),
        ({"window": 65}, "window is 65: it takes a whole number from 1 to 64"),
    ],
)
def test_bad_sizes_get_one_sentence(network, sentence):
    with pytest.raises(ValueError, match=sentence):
        build("scm-vae", dataset_named("dsprites"), network)


def test_one_harmonic_is_enough_to_paint():
    model = build("scm-vae", dataset_named("dsprites"), {"harmonics": [1, 1, 1]})
    v = torch.tensor([[2, 3, 10, 16, 16]])
    assert model.decode(v, torch.zeros(1, 8)).mean.sum() > 10
