"""Abduction of z, on a model in which z matters (the shipped one has no use for it)."""

import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.counterfactual import abduct, predict
from causal_explorer.inference.posterior import Posterior, certain
from causal_explorer.inference.rungs import imagine, intervention
from causal_explorer.inference.world import World
from causal_explorer.models.registry import build
from causal_explorer.scm.actions import settings
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.stories import story_named

NAMES = [factor.name for factor in dsprites.FACTORS]
MEAN, LOG_SD = (2.0, -1.0), -1.0
V = torch.tensor([2, 3, 10, 16, 16])
X = torch.from_numpy(dsprites.render(V[None].numpy()))[0].float()


MOVED = settings({"shape": 0})


def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def world():
    """z = (2, -1) ± 0.37 whatever the image, and each direction bends the outline."""
    torch.manual_seed(0)
    model = build("scm-vae", dataset_named("dsprites"), {"latent": 2}).requires_grad_(False)
    model.decoder.outlines.bend.normal_(std=0.2)
    model.encoder[2].weight.zero_()
    model.encoder[2].bias.copy_(torch.tensor([*MEAN, LOG_SD, LOG_SD]))
    return World(story_named("independent", dsprites.FACTORS), model, dataset_named("dsprites"))


def known(v):
    """The posteriors of (U, 5) classes that are all given."""
    return [certain(dsprites.FACTORS, row.tolist(), 1.0) for row in v]


def abducted(world, samples, seeded, do=MOVED):
    coupling = COUPLINGS["monotone"]
    return abduct(world, X[None], known(V[None]), [do], coupling, samples, [seeded])


def latents_of(found):
    """(N, latent) z of the first explanation."""
    count = found.seen.noise.shape[1]
    return found.seen.latent(torch.zeros(count, dtype=torch.int64), torch.arange(count))


def test_latents_are_draws_of_the_posterior(world):
    draws = latents_of(abducted(world, 10_000, generator()))
    error = draws.std(0) / len(draws) ** 0.5
    assert (draws.mean(0) - torch.tensor(MEAN)).abs().le(5 * error).all()
    sd = torch.tensor(LOG_SD).exp()
    assert (draws.std(0) - sd).abs().le(5 * sd / (2 * len(draws)) ** 0.5).all()


def test_one_sample_is_one_draw_of_everything(world):
    found = abducted(world, 1, generator())
    (answer,) = predict(world, found, [(0, MOVED)], COUPLINGS["monotone"])
    assert answer.latents == 1
    z = latents_of(found)[:1]
    np.testing.assert_allclose(
        answer.reconstruction, world.model.decode(V[None], z).mean[0], atol=1e-7
    )
    assert np.isnan(answer.standard_error).all()


@pytest.mark.parametrize("samples", [2, 16, 64, 100, 1_000])
def test_draws_of_z_grow_with_the_samples(world, samples):
    """One combination of factors: a fourth as many, and up to 16 as many."""
    found = abducted(world, samples, generator())
    (answer,) = predict(world, found, [(0, MOVED)], COUPLINGS["monotone"])
    assert answer.latents == max(min(samples, 16), samples / 4)
    every = settings(dict(zip(NAMES, V.tolist(), strict=True)))
    assert intervention(world, every, samples, generator()).latents == answer.latents


@pytest.fixture
def deaf():
    """No picture reads z; the story is the default one."""
    torch.manual_seed(0)
    model = build("scm-vae", dataset_named("dsprites"), {"latent": 2}).requires_grad_(False)
    model.decoder.log_sharpness.fill_(1.0)
    assert model.reads_latent
    model.decoder.outlines.bend.fill_(1e-8)
    assert not model.reads_latent
    return World(story_named("default", dsprites.FACTORS), model, dataset_named("dsprites"))


def test_one_draw_of_z_is_enough_where_no_picture_reads_it(deaf, monkeypatch):
    answers = []
    for read in (False, True):
        found = abduct(
            deaf, X[None], known(V[None]), [MOVED], COUPLINGS["gumbel"], 300, [generator()]
        )
        assert (found.seen.pixels is None) == read
        answers.append(predict(deaf, found, [(0, MOVED)], COUPLINGS["gumbel"])[0])
        assert (answers[-1].latents >= 75) if read else (answers[-1].latents == 0)
        monkeypatch.setattr(type(deaf.model), "reads_latent", True)
    np.testing.assert_allclose(answers[0].density, answers[1].density, atol=1e-6)
    np.testing.assert_allclose(answers[0].reconstruction, answers[1].reconstruction, atol=1e-6)
    np.testing.assert_array_equal(answers[0].counterfactual, answers[1].counterfactual)


def test_the_answer_rests_on_the_abducted_z(world):
    """Against decoding the same draws of z by hand: reconstruction and counterfactual."""
    found = abducted(world, 200, generator())
    answer = predict(world, found, [(0, MOVED)], COUPLINGS["monotone"])[0]
    assert answer.latents == 50
    z = latents_of(found)[:50]
    mean = world.model.decode(V.expand(50, -1), z).mean.double().mean(0)
    np.testing.assert_allclose(answer.reconstruction, mean, atol=1e-9)
    assert np.abs(answer.reconstruction - answer.original).max() > 0.1
    changed = torch.tensor([[0, 3, 10, 16, 16]]).expand(50, -1)
    p = world.model.decode(V.expand(50, -1), z).mean.double()
    p_cf = world.model.decode(changed, z).mean.double()
    on, off = (p_cf / p).clamp(max=1), ((p_cf - p) / (1 - p)).clamp(min=0)
    expected = torch.where(X > 0.5, on, off).mean(0)
    np.testing.assert_allclose(answer.density, expected, atol=1e-5)


def test_units_of_a_batch_keep_their_own_image_noise_and_z(world):
    """Two units of different images and seeds in one call, as each alone."""
    v = torch.tensor([[2, 3, 10, 16, 16], [0, 5, 3, 8, 20]])
    x = torch.from_numpy(dsprites.render(v.numpy())).float()
    do, coupling = [settings({"shape": 1}), settings({"scale": 0})], COUPLINGS["gumbel"]
    seeds = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    both = predict(
        world,
        abduct(world, x, known(v), do, coupling, 50, seeds),
        [(1, do[1]), (0, do[0])],
        coupling,
    )
    for unit, answer in ((1, both[0]), (0, both[1])):
        seeded = [torch.Generator().manual_seed(unit + 1)]
        one = slice(unit, unit + 1)
        found = abduct(world, x[one], known(v[one]), do[one], coupling, 50, seeded)
        alone = predict(world, found, [(0, do[unit])], coupling)[0]
        np.testing.assert_allclose(answer.density, alone.density, atol=1e-6)
        np.testing.assert_allclose(answer.reconstruction, alone.reconstruction, atol=1e-6)
        np.testing.assert_array_equal(answer.original, alone.original)
    assert np.abs(both[0].reconstruction - both[1].reconstruction).max() > 0.1


def test_an_answer_is_the_mixture_of_its_explanations(deaf):
    """As often as each is drawn; of the picture before, as probable as it is."""
    v = torch.tensor([[2, 3, 10, 16, 16], [1, 3, 12, 16, 16], [0, 4, 5, 15, 17]])
    probabilities = np.array([0.6, 0.3, 0.1])
    posterior = Posterior(v.numpy(), probabilities, 1.0, dsprites.FACTORS)
    do, coupling, draws = settings({"posX": 20}), COUPLINGS["gumbel"], 5_000
    found = abduct(deaf, X[None], [posterior], [do], coupling, draws, [generator()])
    (answer,) = predict(deaf, found, [(0, do)], coupling)
    shares = np.array([(answer.factual == row).all(1).mean() for row in v.numpy()])
    assert shares.sum() == pytest.approx(1)
    error = 5 * np.sqrt(probabilities * (1 - probabilities) / draws)
    assert (np.abs(shares - probabilities) <= error).all()
    units = X.expand(3, -1, -1), known(v), [do] * 3
    alone = abduct(deaf, *units, coupling, 1, [generator() for _ in v])
    each = predict(deaf, alone, [(unit, do) for unit in range(3)], coupling)
    density = sum(share * one.density for share, one in zip(shares, each, strict=True))
    before = sum(p * one.reconstruction for p, one in zip(probabilities, each, strict=True))
    np.testing.assert_allclose(answer.density, density, atol=1e-6)
    np.testing.assert_allclose(answer.reconstruction, before, atol=1e-6)
    assert np.abs(each[0].density - each[1].density).max() > 0.1


def test_the_likelihood_is_exact_where_no_picture_reads_z(deaf):
    v = torch.from_numpy(dsprites.classes_of(np.arange(0, dsprites.COUNT, 400)))
    found = deaf.log_likelihood(X, v, generator())
    assert found.dtype == torch.float64
    z = torch.randn(len(v), 2, generator=generator())
    exact = deaf.model.decode(v, z).log_prob(X.expand(len(v), -1, -1))
    torch.testing.assert_close(found, exact.double(), rtol=1e-5, atol=1e-2)
    assert len(v) > 1_024, "more than are scored at once"


def test_the_likelihood_is_an_unbiased_average_over_z():
    """Against draws of the prior, although q(z | x, v) is far from it and from the posterior."""
    torch.manual_seed(0)
    model = build("scm-vae", dataset_named("dsprites"), {"latent": 2}).requires_grad_(False)
    model.decoder.outlines.bend.normal_(std=0.003)
    model.encoder[2].weight.zero_()
    model.encoder[2].bias.copy_(torch.tensor([0.5, -0.5, 0.2, 0.1]))
    world = World(story_named("independent", dsprites.FACTORS), model, dataset_named("dsprites"))
    z = torch.randn(4_000, 2, generator=generator())
    each = model.decode(V.expand(4_000, -1), z).log_prob(X.expand(4_000, -1, -1)).double()
    scale = each.logsumexp(0)
    exact = (each - scale).exp()
    found = (world.log_likelihood(X, V.expand(500, -1), generator()) - scale).exp()
    error = (exact.var() / 4_000 + found.var() / 500).sqrt()
    assert abs(found.mean() - exact.mean()) < 5 * error
    assert error < 0.1 * exact.mean()
    at_mean = model.decode(V[None], torch.tensor([[0.5, -0.5]])).log_prob(X[None]).double()
    assert abs((at_mean - scale).exp() - exact.mean()) > 10 * error, "z is averaged over"


@pytest.mark.parametrize("rung", ["intervention", "imagine"])
def test_a_population_averages_over_the_prior_of_z(world, rung):
    do = settings(dict(zip(NAMES, V.tolist(), strict=True)))
    ask = {
        "intervention": lambda seed: intervention(world, do, 100, seed),
        "imagine": lambda seed: imagine(world, {"scale": 2}, do, COUPLINGS["gumbel"], 100, seed),
    }[rung]
    seeds = [torch.Generator().manual_seed(seed) for seed in range(60)]
    found = np.mean([ask(seed).density for seed in seeds], axis=0)
    z = torch.randn(4_000, 2, generator=torch.Generator().manual_seed(9))
    means = world.model.decode(V.expand(4_000, -1), z).mean
    error = means.std(0) * (1 / (25 * 60) + 1 / 4_000) ** 0.5
    rare = 5**2 / 3 / (25 * 60)  # Bernstein's term: few draws light the pixels at the edge
    assert (np.abs(found - means.mean(0).numpy()) <= 5 * error.numpy() + rare).all()
    at_zero = world.model.decode(V[None], torch.zeros(1, 2)).mean[0].numpy()
    assert np.abs(found - at_zero).max() > 0.1, "z is drawn, not set to its mean"


@pytest.mark.parametrize("which", ["deaf", "world"])
def test_a_list_that_covers_half_of_the_mass_is_weighed_as_the_whole(which, request):
    """What is not listed is left out, and no picture is half as light for it."""
    asked = request.getfixturevalue(which)
    v = torch.tensor([[2, 3, 10, 16, 16], [1, 3, 12, 16, 16]])
    do, coupling = settings({"posX": 20}), COUPLINGS["gumbel"]
    lists = [
        Posterior(v.numpy(), mass * np.array([0.6, 0.4]), mass, dsprites.FACTORS)
        for mass in (1.0, 0.5)
    ]
    whole, half = (
        predict(
            asked,
            abduct(asked, X[None], [one], [do], coupling, 64, [generator()]),
            [(0, do)],
            coupling,
        )[0]
        for one in lists
    )
    np.testing.assert_allclose(half.reconstruction, whole.reconstruction, atol=1e-9)
    np.testing.assert_array_equal(half.factual, whole.factual)
    np.testing.assert_allclose(half.density, whole.density, atol=1e-9)
    assert whole.reconstruction.max() > 0.9
