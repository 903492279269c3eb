"""Abduction of z, on a model in which z matters (the shipped one has no use for it)."""

import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import DATASETS
from causal_explorer.inference.counterfactual import abduct, predict
from causal_explorer.inference.rungs import population
from causal_explorer.inference.world import World
from causal_explorer.models.registry import build
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.stories import story_named

MEAN, LOG_SD = (2.0, -1.0), -1.0
V = torch.tensor([2, 3, 10, 16, 16])
X = torch.from_numpy(dsprites.render(V[None].numpy()))[0].float()


def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def world():
    """z = (2, -1) ± 0.37 whatever the image, and each direction bends the outline."""
    torch.manual_seed(0)
    model = build("scm-vae", dsprites.FACTORS, {"latent": 2}).requires_grad_(False)
    model.decoder.outlines.bend.normal_(std=0.2)
    model.encoder[2].weight.zero_()
    model.encoder[2].bias.copy_(torch.tensor([*MEAN, LOG_SD, LOG_SD]))
    return World(story_named("independent", dsprites.FACTORS), model, DATASETS["dsprites"])


def test_latents_are_draws_of_the_posterior(world):
    draws = torch.cat(
        [
            world.abduct_latent(X[None], V[None], 100, [generator().manual_seed(s)])[0]
            for s in range(500)
        ]
    )
    error = draws.std(0) / len(draws) ** 0.5
    assert (draws.mean(0) - torch.tensor(MEAN)).abs().le(5 * error).all()
    sd = torch.tensor(LOG_SD).exp()
    assert (draws.std(0) - sd).abs().le(5 * sd / (2 * len(draws)) ** 0.5).all()


def test_one_sample_is_one_draw_of_everything(world):
    assert world.abduct_latent(X[None], V[None], 1, [generator()]).shape == (1, 1, 2)
    assert len(world.draw_latent(1, generator())) == 1
    assert world.abduct_latent(X[None], V[None], 1_000, [generator()]).shape == (1, 16, 2)


def test_one_draw_of_z_is_enough_where_no_picture_reads_it(monkeypatch):
    torch.manual_seed(0)
    model = build("scm-vae", dsprites.FACTORS, {"latent": 2}).requires_grad_(False)
    model.decoder.log_sharpness.fill_(1.0)
    assert model.reads_latent
    model.decoder.outlines.bend.fill_(1e-8)
    assert not model.reads_latent
    deaf = World(story_named("default", dsprites.FACTORS), model, DATASETS["dsprites"])
    answers = []
    for draws in (1, 16):
        found = abduct(
            deaf, X[None], V[None], [frozenset({"shape"})], COUPLINGS["gumbel"], 300, [generator()]
        )
        assert found.z.shape == (1, draws, 2)
        answers.append(predict(deaf, found, [(0, {"shape": 0})], COUPLINGS["gumbel"])[0])
        monkeypatch.setattr(type(model), "reads_latent", True)
    np.testing.assert_allclose(answers[0].density, answers[1].density, atol=1e-6)
    np.testing.assert_allclose(answers[0].reconstruction, answers[1].reconstruction, atol=1e-6)
    np.testing.assert_array_equal(answers[0].counterfactual, answers[1].counterfactual)


def test_the_answer_rests_on_the_abducted_z(world):
    """Against decoding the same draws of z by hand: reconstruction and counterfactual."""
    seeded = generator()
    do = {"shape": 0}
    coupling = COUPLINGS["monotone"]
    targets = [frozenset(do)]
    found = abduct(world, X[None], V[None], targets, coupling, 200, [seeded])
    answer = predict(world, found, [(0, do)], coupling)[0]
    again = generator()
    z = world.abduct_latent(X[None], V[None], 200, [again])[0]
    mean = world.model.decode(V.expand(16, -1), z).mean.double().mean(0)
    np.testing.assert_allclose(answer.reconstruction, mean, atol=1e-9)
    assert np.abs(answer.reconstruction - answer.original).max() > 0.1
    changed = torch.tensor([[0, 3, 10, 16, 16]]).expand(16, -1)
    p = world.model.decode(V.expand(16, -1), z).mean.double()
    p_cf = world.model.decode(changed, z).mean.double()
    on, off = (p_cf / p).clamp(max=1), ((p_cf - p) / (1 - p)).clamp(min=0)
    expected = torch.where(X > 0.5, on, off).mean(0)
    np.testing.assert_allclose(answer.density, expected, atol=1e-5)


def test_units_of_a_batch_keep_their_own_image_noise_and_z(world):
    """Two units of different images and seeds in one call, as each alone."""
    v = torch.tensor([[2, 3, 10, 16, 16], [0, 5, 3, 8, 20]])
    x = torch.from_numpy(dsprites.render(v.numpy())).float()
    do, coupling = [{"shape": 1}, {"scale": 0}], COUPLINGS["gumbel"]
    targets = [frozenset(names) for names in do]
    seeds = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    both = predict(
        world,
        abduct(world, x, v, targets, coupling, 50, seeds),
        [(1, do[1]), (0, do[0])],
        coupling,
    )
    for unit, answer in ((1, both[0]), (0, both[1])):
        seeded = [torch.Generator().manual_seed(unit + 1)]
        one = slice(unit, unit + 1)
        found = abduct(world, x[one], v[one], targets[one], coupling, 50, seeded)
        alone = predict(world, found, [(0, do[unit])], coupling)[0]
        np.testing.assert_allclose(answer.density, alone.density, atol=1e-6)
        np.testing.assert_allclose(answer.reconstruction, alone.reconstruction, atol=1e-6)
        np.testing.assert_array_equal(answer.original, alone.original)
    assert np.abs(both[0].reconstruction - both[1].reconstruction).max() > 0.1


def test_a_population_averages_over_the_prior_of_z(world):
    do = dict(zip(["shape", "scale", "orientation", "posX", "posY"], V.tolist(), strict=True))
    seeds = [torch.Generator().manual_seed(seed) for seed in range(20)]
    found = np.mean([population(world, {}, do, 100, seed).density for seed in seeds], axis=0)
    z = torch.randn(4_000, 2, generator=torch.Generator().manual_seed(9))
    means = world.model.decode(V.expand(4_000, -1), z).mean
    error = means.std(0) / (16 * 20) ** 0.5
    assert (np.abs(found - means.mean(0).numpy()) <= 5 * error.numpy() + 1e-3).all()
    at_zero = world.model.decode(V[None], torch.zeros(1, 2)).mean[0].numpy()
    assert np.abs(found - at_zero).max() > 0.1, "z is drawn, not set to its mean"
