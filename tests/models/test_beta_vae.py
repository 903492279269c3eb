import math

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from causal_explorer import checkpoint
from causal_explorer.data import dsprites, splits
from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.beta_vae import BetaVAE, BetaVAEConfig
from causal_explorer.models.polar import PLANE, RADIUS


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


def test_the_shipped_code_has_a_unit_for_the_shape():
    """The shape is read from the unit of the radius, and hardly from the plane of the ring.

    Chance is one third; a code that keeps the shape in the radius of its plane tells it there.
    """
    model = checkpoint.read("beta-vae", BetaVAE).model
    rows = np.random.default_rng(1).choice(splits.rows("test"), 3_000, replace=False)
    v = dsprites.classes_of(rows)
    with torch.no_grad():
        codes = model.encode(torch.from_numpy(dsprites.render(v))).mean.numpy()
    told = {}
    for name, units in {"radius": RADIUS, "plane": PLANE}.items():
        reader = KNeighborsClassifier(25).fit(codes[:2_000, units], v[:2_000, 0])
        told[name] = reader.score(codes[2_000:, units], v[2_000:, 0])
    assert told["radius"] > 0.8
    assert told["plane"] < 0.5
