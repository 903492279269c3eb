"""The law of total variance, against nested loops over whole canvases."""

import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.inference import draws as batches
from causal_explorer.inference.draws import Draws, Mixture
from causal_explorer.inference.mixture import average_abducted, average_prior
from tests.inference.test_mixture import draws, explanations, plain_pixels
from tests.metrics.small import Perfect

HEARTS = torch.tensor([[2, 3, 10, 16, 16], [2, 3, 12, 16, 16], [2, 5, 10, 17, 16]])


def latents(count, seed=1):
    return torch.randn(count, 2, generator=torch.Generator().manual_seed(seed))


def prior(model, mixture, z):
    """What is averaged without an image, and P of each row."""
    found = average_prior(model, mixture, z, answers=int(mixture.owners.max()) + 1)
    return found, model.decode(mixture.classes, z[mixture.latents]).mean.double()


def terms(p, mixture, answer):
    """(64, 64) each: mean, Var E(P | v), E Var(P | v), E P (1 - P), and z's part of the error²."""
    mean = square = latent = noise = error = torch.zeros(64, 64, dtype=torch.float64)
    for member in mixture.members[mixture.owners == answer].unique():
        own = mixture.members == member
        weight = mixture.weights[own].sum()
        mean = mean + weight * p[own].mean(0)
        square = square + weight * p[own].square().mean(0)
        latent = latent + weight * p[own].var(0)
        noise = noise + weight * (p[own] * (1 - p[own])).mean(0)
        error = error + weight.square() * p[own].var(0) / own.sum()
    return mean, square - mean.square() - latent + error, latent, noise, error


def compare(found, p, mixture):
    """Both ways agree; at how many pixels there is something to compare."""
    compared = 0
    for answer, uncertainty in enumerate(found.uncertainty):
        mean, factors, latent, noise, error = terms(p, mixture, answer)
        np.testing.assert_allclose(found.density[answer], mean, atol=1e-6)
        np.testing.assert_allclose(uncertainty.pixels, noise, atol=1e-6)
        np.testing.assert_allclose(uncertainty.latent, latent, atol=1e-6)
        np.testing.assert_allclose(uncertainty.factors, factors.clamp(min=0), atol=1e-6)
        square = factors.clamp(min=0) / (mixture.samples - 1) + error
        np.testing.assert_allclose(found.standard_error[answer] ** 2, square, atol=1e-6)
        compared += int((factors > 0).sum() + (latent > 1e-4).sum())
    return compared


@pytest.mark.parametrize("at_once", [32, 100_000])
@pytest.mark.parametrize("distinct", [1, 5, 60])
def test_terms_without_an_image_are_the_nested_sums(model, distinct, at_once, monkeypatch):
    monkeypatch.setattr(batches, "_AT_ONCE", at_once)
    classes = torch.stack([draws(200, distinct), draws(200, 3, seed=1)])
    mixture = Mixture.of(Draws.of(classes), 4)
    assert compare(*prior(model, mixture, latents(500)), mixture) > 500


@pytest.mark.parametrize("at_once", [32, 100_000])
@pytest.mark.parametrize("distinct", [1, 5, 60])
def test_terms_with_an_image_are_the_nested_sums(model, distinct, at_once, monkeypatch):
    """An explanation counts as a part of the factors: z is drawn within each."""
    monkeypatch.setattr(batches, "_AT_ONCE", at_once)
    classes = torch.stack([draws(200, distinct, seed) for seed in (0, 1)])
    seen = explanations(model)
    first = torch.randint(2, (1, 200), generator=torch.Generator().manual_seed(2))
    sources = torch.cat([first, torch.full((1, 200), 2)])
    mixture = Mixture.of(Draws.of(classes, sources), 4)
    found = average_abducted(model, mixture, torch.tensor([0, 1]), seen)
    assert compare(found, plain_pixels(model, mixture, seen), mixture) > 500


def test_the_terms_are_those_of_ever_more_draws(model):
    """100 draws of z a combination and more against 1,000 others, within five standard errors."""
    classes = HEARTS[[0, 0, 0, 1, 1, 2]][None]
    found = average_prior(model, Mixture.of(Draws.of(classes), 600), latents(600), answers=1)
    z, (uncertainty,) = latents(1_000, seed=2), found.uncertainty
    p = torch.stack([model.decode(v.expand(1_000, -1), z).mean for v in HEARTS]).double()
    weight = torch.tensor([1 / 2, 1 / 3, 1 / 6], dtype=torch.float64)[:, None, None]
    mean, within = p.mean(1), p.var(1)
    apart = mean - (weight * mean).sum(0)
    exact = {
        "factors": (weight * apart.square()).sum(0),
        "latent": (weight * within).sum(0),
        "pixels": (weight * (p * (1 - p)).mean(1)).sum(0),
    }
    spread = {
        "factors": 4 * apart.square() * within,
        "latent": (p - mean[:, None]).pow(4).mean(1) - within.square(),
        "pixels": (p * (1 - p)).var(1),
    }
    for name, expected in exact.items():
        error = (weight.square() * spread[name]).sum(0).clamp(min=0) * (1 / 100 + 1 / 1_000)
        rest = 1 / 100 + (name == "factors") * 25 * exact["latent"] / 100  # squares of errors
        off = (torch.from_numpy(getattr(uncertainty, name)) - expected).abs()
        assert (off <= 5 * error.sqrt() + rest).all(), name
        assert expected.max() > 0.03, "there is something to compare"


def test_without_a_choice_of_factors_or_z_all_is_noise_of_the_pixel(model):
    found = average_prior(model, Mixture.of(Draws.of(HEARTS[None, :1]), 1), latents(1), answers=1)
    (uncertainty,), mean = found.uncertainty, found.density[0]
    assert np.abs(uncertainty.factors).max() < 1e-12
    assert np.abs(uncertainty.latent).max() == 0
    np.testing.assert_allclose(uncertainty.pixels, mean * (1 - mean), atol=1e-12)


@pytest.mark.parametrize("distinct", [1, 2, 8, 60])
@pytest.mark.parametrize("count", [1, 2, 4, 16])
def test_the_three_terms_sum_to_the_variance_of_the_pixel(model, distinct, count):
    """What few draws of z leave open of the density is z's too: density (1 - density) lacks it."""
    mixture = Mixture.of(Draws.of(draws(300, distinct)[None]), count)
    found, p = prior(model, mixture, latents(1 if count == 1 else 600))
    (uncertainty,), mean = found.uncertainty, found.density[0]
    if count == 1:
        np.testing.assert_allclose(uncertainty.total, mean * (1 - mean), atol=1e-9)
    else:
        *_, factors, _, _, error = terms(p, mixture, 0)
        lacks = (error - factors.clamp(max=0)).numpy()  # below 0 by chance: put to 0
        np.testing.assert_allclose(uncertainty.total, mean * (1 - mean) + lacks, atol=1e-6)
    for term in (uncertainty.factors, uncertainty.latent, uncertainty.pixels):
        assert term.min() >= 0


class Flicker(Perfect):
    """z shows the sprite, or hides it: P is 0 or 1, each as likely."""

    def paint(self, v, z):
        return super().paint(v, z) * (z[:, 0] > 0)[:, None, None]


@pytest.mark.parametrize("distinct", [1, 3])
def test_what_z_leaves_open_is_right_on_average(distinct):
    """Answers of 16 draws of z each, against the variance 1/4 of a fair coin."""
    count, model = 300, Flicker()
    mixture = Mixture.of(Draws.of(HEARTS[:distinct].repeat(6, 1)[None]), 16)
    z = latents(count * 32).view(count, 32, 2)
    each = [average_prior(model, mixture, own, answers=1).uncertainty[0].latent for own in z]
    exact = dsprites.render(HEARTS[:distinct].numpy()).mean() / 4
    found = np.array([own.mean() for own in each])
    error = 5 * found.std() / count**0.5
    assert abs(found.mean() - exact) < error
    assert error < 0.06 * exact, "a sixteenth too little would show"


def test_an_answer_of_the_shipped_model_splits_the_variance_of_its_density(explorer):
    heart = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
    answers = [
        explorer.counterfactual(heart, do={"shape": "square"}),
        explorer.counterfactual({"shape": "heart"}, do={"scale": 0}),
        explorer.intervention({"shape": "square"}),
        explorer.condition({"shape": "square"}),
    ]
    for answer in answers:
        variance = answer.density * (1 - answer.density)
        np.testing.assert_allclose(answer.uncertainty.total, variance, atol=1e-9)
        assert answer.uncertainty.factors.max() > 0.1
    alone = explorer.with_story("independent").counterfactual(heart, do={"shape": "square"})
    assert alone.uncertainty.factors.max() < 1e-9, "nothing else moves"
