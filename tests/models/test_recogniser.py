import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.recogniser import Recogniser
from causal_explorer.models.registry import build


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return build("recogniser", dataset_named("dsprites"), {"hidden": 16})


def some(count, seed=0):
    rows = np.random.default_rng(seed).integers(0, dsprites.COUNT, count)
    v = dsprites.classes_of(rows)
    return torch.from_numpy(v), torch.from_numpy(dsprites.render(v))


def test_it_gives_a_law_for_each_factor(network):
    assert isinstance(network, Recogniser)
    _, x = some(7)
    laws = network(x)
    assert [tuple(law.shape) for law in laws] == [(7, k) for k in dsprites.DIMENSIONS]
    for law in laws:
        torch.testing.assert_close(law.exp().sum(1), torch.ones(7))


def test_its_loss_is_the_mean_log_loss_of_the_labels(network):
    v, x = some(5)
    each = [law[torch.arange(5), v[:, i]] for i, law in enumerate(network(x))]
    expected = -torch.stack(each).sum(0).mean()
    torch.testing.assert_close(network.loss(v, x), expected)


def test_every_weight_learns(network):
    network.zero_grad()
    network.loss(*some(64)).backward()
    for parameter in network.parameters():
        assert parameter.grad is not None
        assert parameter.grad.abs().sum() > 0


@pytest.mark.parametrize("x", [torch.zeros(1, 64, 64), torch.ones(1, 64, 64)])
def test_an_empty_and_a_full_picture_have_laws_too(network, x):
    assert all(bool(law.isfinite().all()) for law in network(x))


def test_it_follows_the_sprite(network):
    """Moved by whole pixels, the window shows the same; only the place differs."""
    x = torch.zeros(2, 64, 64)
    x[0, 20:28, 22:30] = 1
    x[1, 25:33, 30:38] = 1
    seen = []
    network.layers[0].register_forward_hook(lambda _, given, __: seen.append(given[0]))
    network(x)
    torch.testing.assert_close(seen[0][0, : 32**2], seen[0][1, : 32**2])
    assert not torch.equal(seen[0][0, 32**2 :], seen[0][1, 32**2 :])
