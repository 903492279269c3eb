import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.draws import Draws, Mixture
from causal_explorer.inference.mixture import (
    Seen,
    average_abducted,
    average_prior,
    average_truth,
)
from causal_explorer.inference.pixel import counterfactual_pixel


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


def explanations(model, seed=5):
    """Of two images with a stray pixel each: the first has two explanations, the second one."""
    generator = torch.Generator().manual_seed(seed)
    v = draws(3, 3, seed)
    x = torch.from_numpy(dsprites.render(v[[0, 2]].numpy())).float()
    x[:, 0, 0] = 1  # a stray pixel that no window holds
    mean, stddev = torch.randn(2, 3, 2, generator=generator)
    noise = torch.randn(2, 2_000, 2, generator=generator)
    return Seen(
        x, torch.tensor([0, 0, 1]), v, mean, stddev.exp(), noise, torch.tensor([False, False])
    )


def plain_pixels(model, mixture, seen):
    """P(x' = 1 | x) of each row of a mixture on the whole canvas, one at a time."""
    rows = zip(mixture.classes, mixture.sources, mixture.latents, strict=True)
    found = []
    for row, source, latent in rows:
        unit = seen.about[source]
        z = (seen.mean[source] + seen.stddev[source] * seen.noise[unit, latent])[None]
        before, after = (model.decode(v[None], z).canvas[0] for v in (seen.v[source], row))
        found.append(counterfactual_pixel(seen.x[unit], before, after))
    return torch.stack(found).double()


@pytest.mark.parametrize("distinct", [1, 5, 60, 400])
def test_abducted_average_is_the_plain_sum_over_the_whole_canvas(model, distinct):
    """The oracle decodes whole canvases, one draw at a time, without windows.

    Three answers about two units, the last two about the same one, which has two explanations.
    """
    count = max(200, 2 * distinct)
    classes = torch.stack([draws(count, distinct, seed) for seed in (0, 1, 2)])
    seen, unit = explanations(model), torch.tensor([1, 0, 0])
    first = torch.randint(2, (2, count), generator=torch.Generator().manual_seed(2))
    sources = torch.cat([torch.full((1, count), 2), first])
    mixture = Mixture.of(Draws.of(classes, sources), 4)
    assert seen.about[mixture.sources].equal(unit[mixture.owners])
    weighted = mixture.weights[:, None, None] * plain_pixels(model, mixture, seen)
    expected = torch.zeros(3, 64, 64, dtype=torch.float64).index_add_(0, mixture.owners, weighted)
    found = average_abducted(model, mixture, unit, seen).density
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-6)
    assert (found[:, 0, 0] > 0.99).all(), "noise of a pixel is kept"


def test_prior_average_is_the_plain_sum(model):
    classes = torch.stack([draws(200, 20), draws(200, 3, seed=1)])
    mixture = Mixture.of(Draws.of(classes), 4)
    z = torch.randn(400, 2, generator=torch.Generator().manual_seed(1))
    means = model.decode(mixture.classes, z[mixture.latents]).mean.double()
    weighted = mixture.weights[:, None, None] * means
    expected = torch.zeros(2, 64, 64, dtype=torch.float64).index_add_(0, mixture.owners, weighted)
    found = average_prior(model, mixture, z, answers=2).density
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_truth_is_the_mean_picture():
    classes = torch.stack([draws(300, 11), draws(300, 200, seed=1)])
    expected = [dsprites.render(own.numpy()).mean(0) for own in classes]
    found = average_truth(dataset_named("dsprites"), Draws.of(classes))
    np.testing.assert_allclose(found, expected, atol=1e-12)
