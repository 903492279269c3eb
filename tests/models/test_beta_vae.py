import math

import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.beta_vae import BetaVAE, BetaVAEConfig


@pytest.fixture
def model():
    torch.manual_seed(0)
    return BetaVAE(dataset_named("dsprites"), BetaVAEConfig(beta=3.0))


def test_where_no_patch_is_empty_the_loss_is_all_of_its_terms(model):
    """The same draw of z, so the values agree, and the gradients of every weight."""
    x = torch.zeros(4, 64, 64, dtype=torch.uint8)
    x[:, ::8, ::8] = 1
    weights = list(model.parameters())
    torch.manual_seed(1)
    loss = model.loss(None, x)
    torch.manual_seed(1)
    torch.rand(4, 64)  # which patches are drawn: here all of them
    terms = model.terms(None, x)
    whole = (terms["image_nats"] + 3 * terms["kl_nats"]).mean()
    assert float(loss.detach()) == pytest.approx(float(whole.detach()), rel=1e-5)
    found, exact = torch.autograd.grad(loss, weights), torch.autograd.grad(whole, weights)
    for mine, theirs in zip(found, exact, strict=True):
        assert theirs.norm() > 0
        assert (mine - theirs).norm() < 1e-4 * theirs.norm()


def test_the_encoder_learns_from_the_picture(model):
    """Behind a painter, the mean's and the spread's weights get a gradient without the KL."""
    x = torch.zeros(4, 64, 64, dtype=torch.uint8)
    x[:, ::8, ::8] = 1
    drawn = model.terms(None, x)["image_nats"].mean()
    [slope] = torch.autograd.grad(drawn, [model.encoder[-1].bias])
    assert (slope != 0).all()


def test_terms_are_of_every_pixel(model):
    """A painter of zeros gives each of the 4,096 pixels one half."""
    for weight in model.logits.parameters():
        torch.nn.init.zeros_(weight)
    x = torch.zeros(4, 64, 64, dtype=torch.uint8)
    x[:, 20:34, 30:41] = 1
    with torch.no_grad():
        told = model.terms(None, x)["image_nats"]
    assert told.tolist() == pytest.approx([4096 * math.log(2)] * 4, rel=1e-6)


def test_the_loss_is_that_of_its_terms_on_average(model):
    """From some of the patches: 400 draws, whose mean lies within five of its errors."""
    x = torch.zeros(8, 64, 64, dtype=torch.uint8)
    x[:, 20:34, 30:41] = 1
    with torch.no_grad():
        told = torch.stack([model.loss(None, x) for _ in range(400)])
        drawn = [model.terms(None, x) for _ in range(400)]
    whole = torch.stack([(t["image_nats"] + 3 * t["kl_nats"]).mean() for t in drawn])
    error = ((told.var() + whole.var()) / 400).sqrt()
    assert abs(told.mean() - whole.mean()) < 5 * error


def test_beta_falls_from_where_it_starts(model):
    """At the start the KL weighs `start`, from `fall` on `beta`."""
    model = BetaVAE(
        dataset_named("dsprites"), BetaVAEConfig(beta=2.0, start=8.0, fall=0.5, width=8)
    )
    with torch.no_grad():
        model.encoder[-1].bias.fill_(1.0)  # a KL that stands well above float32's rounding
    x = torch.ones(2, 64, 64, dtype=torch.uint8)
    found = {}
    for progress in (0.0, 0.25, 0.5, 1.0):
        model.begin(progress)
        torch.manual_seed(1)
        with torch.no_grad():
            found[progress] = float(model.loss(None, x))
    with torch.no_grad():
        kl = float(model.terms(None, x)["kl_nats"].mean())
    assert found[0.5] == found[1.0]
    assert found[0.0] - found[1.0] == pytest.approx(6 * kl, rel=1e-3)
    assert found[0.25] - found[1.0] == pytest.approx(2 * kl, rel=1e-3)
