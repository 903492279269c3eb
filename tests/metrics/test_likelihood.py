import pytest
import torch
from torch.distributions import kl_divergence

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.metrics.likelihood import likelihood
from causal_explorer.metrics.minimality import minimality
from causal_explorer.models.registry import build
from tests.metrics.small import Blank, Perfect, sprites


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return build("scm-vae", dataset_named("dsprites"), {"latent": 2}).requires_grad_(False)


@pytest.fixture(scope="module")
def images():
    rows = torch.randint(dsprites.COUNT, (96,), generator=torch.Generator().manual_seed(0))
    v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
    return v, torch.from_numpy(dsprites.render(v.numpy()))


def test_terms_agree_with_many_draws_of_z(model, images):
    """Monte Carlo within standard errors, and the closed form of the KL."""
    v, x = images
    found = likelihood(model, [images], torch.Generator().manual_seed(0))
    posterior = model.encode(x, v)
    with torch.no_grad():
        torch.manual_seed(1)
        draws = torch.stack(
            [-model.decode(v, posterior.sample()).log_prob(x).mean() for _ in range(20)]
        )
    assert abs(found.image_nats - draws.mean()) < 6 * draws.std() + 1e-3
    kl = kl_divergence(posterior, model.prior().expand([len(v)])).mean()
    assert found.kl_nats == pytest.approx(float(kl), rel=1e-4)
    assert found.loss == found.image_nats + found.kl_nats


def test_batches_do_not_matter_but_for_the_draws_of_z(model, images):
    v, x = images
    whole = likelihood(model, [images], torch.Generator().manual_seed(0))
    split = [(v[:40], x[:40]), (v[40:], x[40:])]
    parts = likelihood(model, split, torch.Generator().manual_seed(0))
    assert parts.images == whole.images == 96
    assert parts.kl_nats == pytest.approx(whole.kl_nats, rel=1e-4)
    assert parts.image_nats == pytest.approx(whole.image_nats, rel=1e-4)


def test_exact_counts_the_reconstructions_that_are_right_in_every_pixel():
    x, v = sprites(8)
    noise = torch.Generator()
    assert likelihood(Perfect(), [(v, x)], noise).exact == 1
    assert likelihood(Blank(), [(v, x)], noise).exact == 0
    flipped = x.clone()
    flipped[:2, 0, 0] = 1 - flipped[:2, 0, 0]
    assert likelihood(Perfect(), [(v[:5], flipped[:5]), (v[5:], flipped[5:])], noise).exact == 0.75


def test_no_picture_is_one_sentence():
    with pytest.raises(ValueError, match="There is no picture: a likelihood"):
        likelihood(Perfect(), [], torch.Generator())
    with pytest.raises(ValueError, match="There is no picture: what z carries"):
        minimality(Perfect(), [])
