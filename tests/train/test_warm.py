import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build
from train.config import read_config
from train.warm import warm


@pytest.fixture
def fresh():
    torch.manual_seed(0)
    return build("scm-vae-styled", dataset_named("styled-sprites"), {"hidden": 8})


def test_weights_of_that_name_are_the_other_checkpoints(fresh, explorer):
    before = {name: weight.clone() for name, weight in fresh.named_parameters()}
    warm(fresh, {"decoder": "scm-vae"})
    taken = dict(explorer.checkpoint.model.named_parameters())
    for name, weight in fresh.named_parameters():
        wanted = taken[name] if name.startswith("decoder") else before[name]
        assert torch.equal(weight, wanted), name


def test_nothing_is_taken_where_nothing_is_named(fresh):
    before = {name: weight.clone() for name, weight in fresh.named_parameters()}
    warm(fresh, {})
    assert all(torch.equal(weight, before[name]) for name, weight in fresh.named_parameters())


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"decoder": "none"}, "There is no checkpoint 'none'"),
        ({"decder": "scm-vae"}, "takes decder from scm-vae, which has no decder as the model"),
        ({"texture": "scm-vae"}, "has no texture.0.weight as the model has it"),
        ({"encoder": "scm-vae"}, "has no encoder.0.weight as the model has it"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(fresh, section, sentence):
    with pytest.raises(ValueError, match=sentence):
        warm(fresh, section)


@pytest.mark.parametrize("value", ["3", "{decoder = 3}"])
def test_a_config_names_checkpoints(value):
    with pytest.raises(ValueError, match="train.warm is .*: it is a section of checkpoints' names"):
        read_config("scm-vae-styled", [f"train.warm={value}"])
