import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import DATASETS
from causal_explorer.inference.mixture import (
    Draws,
    Mixture,
    average_abducted,
    average_prior,
    average_truth,
)
from causal_explorer.inference.pixel import counterfactual_pixel
from causal_explorer.models.registry import build


@pytest.fixture(scope="module")
def model():
    """Untrained, with a z that matters."""
    torch.manual_seed(0)
    model = build("scm-vae", dsprites.FACTORS, {"latent": 2}).requires_grad_(False)
    model.decoder.outlines.bend.normal_(std=0.1)
    return model


def draws(count, distinct, seed=0):
    rng = np.random.default_rng(seed)
    table = dsprites.classes_of(rng.integers(0, dsprites.COUNT, distinct))
    return torch.from_numpy(table[rng.integers(0, distinct, count)])


def test_pixels_follow_the_two_uniforms():
    """Against u drawn by rejection: the share of u below p'."""
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(200_000, generator=generator)
    for p, p_cf in [(0.3, 0.6), (0.6, 0.3), (0.5, 0.5), (0.9, 0.1), (1e-6, 0.2)]:
        for x, kept in [(1.0, u[u < p]), (0.0, u[u >= p])]:
            if len(kept) < 100:
                continue
            logits = torch.tensor([p, p_cf]).logit()
            closed = float(counterfactual_pixel(torch.tensor(x), *logits))
            brute = float((kept < p_cf).double().mean())
            assert abs(closed - brute) < 5 * np.sqrt(0.25 / len(kept))


@pytest.mark.parametrize("logit", [-5e3, -200.0, -16.0, 0.0, 30.0, 5e3])
def test_the_null_intervention_keeps_every_pixel_even_where_p_rounds_away(logit):
    """Composition: p' = p gives the pixel back, even where the model thought it impossible."""
    logit = torch.tensor(logit)
    assert counterfactual_pixel(torch.tensor(0.0), logit, logit) == 0
    assert counterfactual_pixel(torch.tensor(1.0), logit, logit) == 1


@pytest.mark.parametrize("x", [0.0, 1.0])
def test_the_closed_form_is_the_papers_in_double_precision(x):
    p, p_cf = torch.rand(2, 1_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    direct = (p_cf / p).clamp(max=1) if x else ((p_cf - p) / (1 - p)).clamp(min=0)
    found = counterfactual_pixel(torch.tensor(x).double(), p.logit(), p_cf.logit())
    torch.testing.assert_close(found, direct)


def test_weights_are_the_draws_frequencies():
    classes = torch.stack([draws(500, 7), draws(500, 30, seed=1), draws(500, 1, seed=2)])
    mixture = Mixture.of(Draws.of(classes), 16)
    for answer, own in enumerate(classes):
        mine = mixture.owners == answer
        assert float(mixture.weights[mine].sum()) == pytest.approx(1, abs=1e-12)
        for row in torch.unique(own, dim=0):
            weight = mixture.weights[mine & (mixture.classes == row).all(1)].sum()
            assert float(weight) == pytest.approx(float((own == row).all(1).double().mean()))


def test_every_latent_is_used_and_each_combination_decoded_once():
    both = Draws.of(torch.stack([draws(500, 3), draws(500, 100)]))
    mixture = Mixture.of(both, 16)
    for answer in (0, 1):
        assert set(mixture.latents[mixture.owners == answer].tolist()) == set(range(16))
    many = mixture.classes[mixture.owners == 1]
    assert len(many) == len(torch.unique(many, dim=0))


@pytest.mark.parametrize("distinct", [1, 5, 60, 1_500])
def test_abducted_average_is_the_plain_sum_over_the_whole_canvas(model, distinct):
    """The oracle decodes whole canvases, one draw at a time, without windows.

    Three answers about two units, the last two about the same one.
    """
    count = max(200, 2 * distinct)
    classes = torch.stack([draws(count, distinct, seed) for seed in (0, 1, 2)])
    mixture, unit = Mixture.of(Draws.of(classes), 4), torch.tensor([1, 0, 0])
    v = draws(2, 2, seed=5)
    x = torch.from_numpy(dsprites.render(v.numpy())).float()
    x[:, 0, 0] = 1  # a stray pixel that no window holds
    z = torch.randn(2, 4, 2, generator=torch.Generator().manual_seed(1))
    factual = model.decode(v.repeat_interleave(4, dim=0), z.flatten(0, 1))
    expected = torch.zeros(3, 64, 64, dtype=torch.float64)
    rows = (mixture.classes, mixture.owners, mixture.latents, mixture.weights)
    for row, owner, latent, weight in zip(*rows, strict=True):
        about = unit[owner]
        before = factual.canvas[about * 4 + latent]
        decoded = model.decode(row[None], z[about, latent][None]).canvas[0]
        expected[owner] += weight * counterfactual_pixel(x[about], before, decoded)
    found = average_abducted(model, mixture, unit, x, z, factual)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-6)
    assert (found[:, 0, 0] > 0.99).all(), "noise of a pixel is kept"


def test_prior_average_is_the_plain_sum(model):
    mixture = Mixture.of(Draws.of(draws(200, 20)[None]), 4)
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(1))
    means = model.decode(mixture.classes, z[mixture.latents]).mean.double()
    expected = (mixture.weights[:, None, None] * means).sum(0)
    np.testing.assert_allclose(average_prior(model, mixture, z), expected, atol=1e-6)


def test_truth_is_the_mean_picture():
    classes = torch.stack([draws(300, 11), draws(300, 200, seed=1)])
    expected = [dsprites.render(own.numpy()).mean(0) for own in classes]
    found = average_truth(DATASETS["dsprites"], Draws.of(classes))
    np.testing.assert_allclose(found, expected, atol=1e-12)
