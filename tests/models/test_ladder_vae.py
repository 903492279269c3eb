from dataclasses import replace

import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build

SMALL = {"sizes": [6, 4, 3], "hidden": [16, 12, 8], "features": 2}
KINDS = [
    {"ladder": ladder, "batch_norm": norm} for ladder in (True, False) for norm in (True, False)
]


def small(**settings):
    torch.manual_seed(0)
    return build("ladder-vae", dataset_named("dsprites"), {**SMALL, **settings})


def some(count, seed=0):
    rows = np.random.default_rng(seed).integers(0, dsprites.COUNT, count)
    v = dsprites.classes_of(rows)
    return torch.from_numpy(v), torch.from_numpy(dsprites.render(v))


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns(kind):
    model = small(**kind)
    model.loss(*some(64)).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("kind", KINDS)
def test_the_terms_are_those_of_the_elbo(kind):
    model = small(**kind).eval()
    v, x = some(8)
    torch.manual_seed(1)
    terms = model.terms(v, x)
    layers = sum(terms[f"kl_{i}_nats"] for i in (1, 2, 3))
    torch.testing.assert_close(terms["kl_nats"], layers)
    torch.manual_seed(1)
    torch.testing.assert_close(model.loss(v, x), (terms["image_nats"] + terms["kl_nats"]).mean())


def test_warm_up_raises_the_weight_of_the_kl_in_a_line():
    model = small(warm_up=0.4).eval()
    v, x = some(8)
    weights = []
    for progress in (0.0, 0.1, 0.2, 0.4, 0.9):
        model.begin(progress)
        weights.append(model.weight)
        torch.manual_seed(1)
        loss = model.loss(v, x)
        torch.manual_seed(1)
        terms = model.terms(v, x)
        expected = terms["image_nats"] + weights[-1] * terms["kl_nats"]
        torch.testing.assert_close(loss, expected.mean())
    assert weights == pytest.approx([0, 0.25, 0.5, 1, 1])
    cold = small(warm_up=0.0)
    cold.begin(0.0)
    assert cold.weight == small(warm_up=0.4).weight == 1  # and who does not train sees the ELBO


def test_the_ladders_kl_is_the_mean_of_what_draws_say():
    model = small().eval()
    _, x = some(1)
    with torch.no_grad():
        layers = model.infer(x.expand(20_000, 64, 64), torch.Generator().manual_seed(0))
        for exact, (z, q, p) in zip(model.unit_kl(layers), layers, strict=True):
            drawn = q.log_prob(z) - p.log_prob(z)
            apart = (exact - drawn).mean(0) / ((exact - drawn).std(0) / 20_000**0.5 + 1e-7)
            assert apart.abs().max() < 5  # standard errors


@pytest.mark.parametrize("ladder", [True, False])
def test_its_likelihood_is_what_integration_finds(ladder):
    """One latent: log ∫ p(x | z) N(z; 0, 1) dz on a grid, and by importance samples."""
    model = small(sizes=[1], hidden=[8], ladder=ladder).eval()
    _, x = some(3)
    z = torch.linspace(-8, 8, 4_001)[:, None]
    g = torch.Generator().manual_seed(0)
    with torch.no_grad():
        prior = model.prior(0, z).log_prob(z)[:, 0]
        exact = [
            torch.logsumexp(prior - model.image_nats(one.float().expand(4_001, 64, 64), z), 0)
            + np.log(16 / 4_000)
            for one in x
        ]
        weights = torch.stack([model.log_weight(x, g) for _ in range(400)]).double()
    found = weights.logsumexp(0) - np.log(400)
    torch.testing.assert_close(found, torch.stack(exact).double(), atol=0.02, rtol=0)


@pytest.mark.parametrize("ladder", [True, False])
def test_decoding_the_mean_noise_paints_from_the_mean_of_every_layer(ladder):
    model = small(ladder=ladder).eval()
    _, x = some(5)
    with torch.no_grad():
        layers = model.infer(x, draw=False)
        painted = model.painter(model.down[0](layers[0].z)).sigmoid()
        torch.testing.assert_close(model.decode(model.encode(x).mean), painted)
    assert painted.shape == (5, 64, 64)
    assert model.encode(x).mean.shape == (5, model.latents) == (5, 13)


def test_noise_that_the_picture_says_nothing_of_keeps_its_prior():
    model = small().eval()
    for seen in model.seen[:-1]:  # likelihoods of mean 0 without any precision
        torch.nn.init.zeros_(seen.layer.weight)
        mean, raw = seen.layer.bias.data.chunk(2)
        mean.zero_()
        raw.fill_(1e9)
    _, x = some(4)
    law = model.encode(x).base_dist
    torch.testing.assert_close(law.mean[:, :10], torch.zeros(4, 10), atol=1e-5, rtol=0)
    torch.testing.assert_close(law.stddev[:, :10], torch.ones(4, 10), atol=1e-5, rtol=0)


def test_a_unit_at_the_top_moves_the_layers_below_and_they_keep_their_noise():
    model = small().eval()
    noise = torch.randn(1, model.latents, generator=torch.Generator().manual_seed(0))
    moved = noise.clone()
    moved[0, -1] += 2
    with torch.no_grad():
        assert not torch.equal(model.decode(noise), model.decode(moved))
        third = moved[:, 10:]
        second = model.prior(1, third)
        z = second.mean + second.stddev * noise[:, 6:10]
        first = model.prior(0, z)
        z = first.mean + first.stddev * noise[:, :6]
        painted = model.painter(model.down[0](z)).sigmoid()
        torch.testing.assert_close(model.decode(moved), painted)


@pytest.mark.parametrize("ladder", [True, False])
def test_same_seed_same_draws_and_no_picture_sees_another(ladder):
    model = small(ladder=ladder).eval()
    _, x = some(6)
    with torch.no_grad():
        first, again = (model.log_weight(x, torch.Generator().manual_seed(3)) for _ in range(2))
        torch.testing.assert_close(first, again, rtol=0, atol=0)
        torch.testing.assert_close(model.encode(x).mean[:2], model.encode(x[:2]).mean)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"sizes": [4, 0]}, "sizes is .*whole numbers from 1"),
        ({"sizes": [4, 2]}, "hidden has 3 numbers: it takes 2, one for each of sizes"),
        ({"ladder": 1}, "ladder is 1: it takes true or false"),
        ({"batch_norm": "yes"}, "batch_norm is 'yes': it takes true or false"),
        ({"warm_up": 1.5}, "warm_up is 1.5: it takes a number from 0 to 1"),
        ({"warm_up": float("nan")}, "warm_up is nan"),
        ({"warm_up": True}, "warm_up is True"),
        ({"depth": 5}, "has no setting 'depth': it takes sizes, hidden"),
    ],
)
def test_bad_settings_get_one_sentence(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        small(**settings)


@pytest.mark.parametrize("shape", [(64, 64, 3), (64, 48), (60, 60)])
def test_other_pictures_are_refused(shape):
    dataset = replace(dataset_named("dsprites"), shape=shape)
    with pytest.raises(ValueError, match="cannot learn dsprites: it takes square pictures"):
        build("ladder-vae", dataset, SMALL)
