import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.metrics.held_out import measure
from causal_explorer.metrics.likelihood import Likelihood
from causal_explorer.metrics.recognition import Recognition, recognition
from causal_explorer.metrics.terms import terms
from causal_explorer.models.registry import build


@pytest.fixture(scope="module")
def images():
    rows = torch.randint(dsprites.COUNT, (60,), generator=torch.Generator().manual_seed(0))
    v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
    return v, torch.from_numpy(dsprites.render(v.numpy()))


class Told(torch.nn.Module):
    """Says that each factor is as labelled with a probability, and wrongly of some images."""

    def __init__(self, v, share, wrong):
        super().__init__()
        named = v.clone()
        named[:wrong, 0] = (v[:wrong, 0] + 1) % 3
        self.laws = []
        for i, classes in enumerate(dsprites.DIMENSIONS):
            law = torch.full((len(v), classes), (1 - share) / (classes - 1))
            self.laws.append(law.scatter(1, named[:, i, None], share).log())

    def forward(self, x):
        return self.laws


def test_a_recogniser_is_right_where_all_factors_are(images):
    found = recognition(Told(images[0], 0.9, wrong=15), [images], torch.Generator())
    assert (found.exact, found.images) == (0.75, 60)
    right, wrong = -5 * torch.tensor(0.9).log(), -torch.tensor(0.1 / 2).log()
    expected = float(right) + 0.25 * float(wrong + torch.tensor(0.9).log())
    assert found.loss == pytest.approx(expected, rel=1e-5)


def test_the_loss_is_the_networks_own_and_batches_do_not_matter(images):
    torch.manual_seed(0)
    network = build("recogniser", dataset_named("dsprites"), {"hidden": 16})
    v, x = images
    whole = recognition(network, [images], torch.Generator())
    parts = recognition(network, [(v[:25], x[:25]), (v[25:], x[25:])], torch.Generator())
    assert whole.loss == pytest.approx(network.loss(v, x).item(), rel=1e-5)
    assert parts.loss == pytest.approx(whole.loss, rel=1e-5)
    assert parts.exact == whole.exact


@pytest.mark.parametrize(("name", "kind"), [("recogniser", Recognition), ("scm-vae", Likelihood)])
def test_each_network_is_measured_by_its_own_loss(images, name, kind):
    torch.manual_seed(0)
    network = build(name, dataset_named("dsprites"), {"hidden": 16})
    found = measure(network, [images], torch.Generator().manual_seed(0))
    assert isinstance(found, kind)
    assert found.images == 60
    assert f"{found.loss:.4f} nats" in " ".join(found.table.values())
    assert all(isinstance(value, float) for value in found.curve.values())


def test_no_picture_is_one_sentence(images):
    told = Told(images[0], 0.9, wrong=0)
    with pytest.raises(ValueError, match="There is no picture: an accuracy"):
        recognition(told, [], torch.Generator())
    with pytest.raises(ValueError, match="There is no unit"):
        terms(build("beta-vae", dataset_named("dsprites"), {}), [])
