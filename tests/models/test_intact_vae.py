import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.intact_vae import VARIANTS
from causal_explorer.models.registry import build

FACES = {"name": "faces", "rho": 0.9, "units": 100}
SMALL = {"latent": 3, "hidden": 16, "features": 4}


@pytest.fixture(scope="module")
def batch():
    return dataset_named(FACES).open(torch.device("cpu"))(torch.arange(8))


def made(**settings):
    torch.manual_seed(0)
    return build("intact-vae", dataset_named(FACES), SMALL | settings).eval()


def other(v):
    """The same units under the other treatment."""
    flipped = v.clone()
    flipped[:, 0] = 1 - v[:, 0]
    return flipped


def test_the_prior_is_balanced(batch):
    """It knows the covariates, and not the treatment."""
    v, _ = batch
    model = made()
    assert torch.equal(model.balanced_prior(v).mean, model.balanced_prior(other(v)).mean)
    moved = v.clone()
    moved[:, 1] = 1 - v[:, 1]
    assert (model.balanced_prior(moved).mean != model.balanced_prior(v).mean).any()


@pytest.mark.parametrize("variant", ["cvae", "no-x"])
def test_baselines_have_a_standard_normal_prior(batch, variant):
    prior = made(variant=variant).balanced_prior(batch[0])
    assert (prior.mean == 0).all()
    assert (prior.stddev == 1).all()


def test_the_encoder_is_given_the_factual_treatment(batch):
    v, x = batch
    for variant in VARIANTS:
        model = made(variant=variant)
        assert (model.encode(other(v), x).mean != model.encode(v, x).mean).any()


def test_who_is_told_the_covariates(batch):
    """The encoders of all but no-x, the decoder of the CVAE alone."""
    v, x = batch
    moved = v.clone()
    moved[:, 1] = 1 - v[:, 1]
    for variant in VARIANTS:
        model = made(variant=variant)
        z = model.encode(v, x).mean
        encoded = bool((model.encode(moved, x).mean != z).any())
        drawn, again = (model.decode(z, v[:, 0].float(), own) for own in (v, moved))
        assert encoded == (variant != "no-x")
        assert bool((drawn != again).any()) == (variant == "cvae")


def test_the_prior_is_in_the_loss(batch):
    model = made()
    model.train()
    model.loss(*batch).backward()
    assert all(weight.grad.abs().sum() > 0 for weight in model.prior.parameters())


def test_terms_are_their_closed_forms(batch):
    """KL of two normals with diagonal covariance; Gaussian pixels."""
    v, x = batch
    model = made()
    q, p = model.encode(v, x), model.balanced_prior(v)
    ratio = (q.stddev / p.stddev).square()
    kl = 0.5 * (ratio + ((q.mean - p.mean) / p.stddev).square() - 1 - ratio.log()).sum(1)
    torch.manual_seed(1)
    found = model.terms(v, x)
    torch.testing.assert_close(found["kl_nats"], kl)
    torch.manual_seed(1)
    drawn = model.decode(q.rsample(), v[:, 0].float(), v)
    sd = model.log_sd.exp()
    nats = 0.5 * ((x - drawn) / sd).square() + sd.log() + 0.5 * torch.log(torch.tensor(6.2831853))
    torch.testing.assert_close(found["image_nats"], nats.flatten(1).sum(1))


@torch.no_grad()
def test_beta_weighs_the_kl(batch):
    def weight(model):
        torch.manual_seed(1)
        loss = model.loss(*batch)
        torch.manual_seed(1)
        found = {name: term.mean() for name, term in model.terms(*batch).items()}
        return float((loss - found["image_nats"]) / found["kl_nats"])

    assert weight(made(beta=2.0)) == pytest.approx(2.0, rel=0.02)  # of float32 sums
    assert weight(made(beta=32.0)) == pytest.approx(32.0, rel=0.02)


@pytest.mark.parametrize(
    ("data", "settings", "said"),
    [
        ("dsprites", {}, "binary treatment and covariates, not those of dsprites"),
        ("treatment", {}, "not those of treatment"),
        (FACES, {"variant": "deep"}, "variant is 'deep': it takes one of intact, cvae, no-x"),
        (FACES, {"beta": 0}, "beta is 0"),
        (FACES, {"latent": 0}, "latent"),
    ],
)
def test_what_it_cannot_learn_is_one_sentence(data, settings, said):
    with pytest.raises(ValueError, match=said):
        build("intact-vae", dataset_named(data), settings)
