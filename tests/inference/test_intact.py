import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.checkpoint import Checkpoint
from causal_explorer.data import units
from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.faces import HIDDEN
from causal_explorer.inference.intact import IntactExplorer
from causal_explorer.inference.opened import RefusedError
from causal_explorer.models.registry import build

FACES = {"name": "faces", "rho": 0.9, "units": 200}
UNIT = {"Eyeglasses": 0, "Male": 1, "Young": 1, "Smiling": 0, "Hair_Color": 2, "Eye_Color": 1}
UNIT |= {"Mouth_Slightly_Open": 0, "Narrow_Eyes": 0}
HIDDEN_NAMES = {quantity.name for quantity in HIDDEN}
UNIT |= {quantity.name: (2 * quantity.low + quantity.high) / 3 for quantity in HIDDEN}


def explorer(data=FACES):
    torch.manual_seed(0)
    dataset = dataset_named(data)
    model = build("intact-vae", dataset, {"latent": 3, "hidden": 16, "features": 4}).eval()
    config = {"model": "intact-vae", "train": {"split_seed": 0}}
    return IntactExplorer(Checkpoint("small", model, dataset, config, {}, ""))


@pytest.fixture(scope="module")
def opened():
    return explorer()


@pytest.fixture(scope="module")
def trained():
    """The shipped one: what a picture without labels shows, only a trained model can tell."""
    return ce.load("intact-vae")


@pytest.fixture(scope="module")
def face(opened):
    return units.picture(opened.dataset, UNIT)


def test_the_truth_is_the_same_face_with_glasses(opened):
    answer = opened.counterfactual(UNIT, {"Eyeglasses": 1}, samples=20)
    np.testing.assert_allclose(
        answer.truth, units.picture(opened.dataset, UNIT | {"Eyeglasses": 1})
    )
    names = [variable.name for variable in opened.dataset.variables]
    assert answer.counterfactual == {name: UNIT[name] for name in names} | {"Eyeglasses": 1}
    assert answer.density.shape == (64, 64, 3)


def test_under_its_own_treatment_a_face_stays_what_it_was(opened, face):
    answer = opened.counterfactual(UNIT, {"Eyeglasses": "no"})
    np.testing.assert_array_equal(answer.density, answer.reconstruction)
    np.testing.assert_allclose(answer.truth, face)


def test_an_image_of_ones_own_is_what_is_encoded(opened, face):
    own = np.clip(face + np.random.default_rng(0).normal(0, 0.02, face.shape), 0, 1)
    told = opened.counterfactual(UNIT, {"Eyeglasses": 1}, image=own)
    assert (told.density != opened.counterfactual(UNIT, {"Eyeglasses": 1}).density).any()
    np.testing.assert_allclose(told.original, own, atol=1e-6)


def test_a_picture_that_contradicts_its_factors_is_refused(opened, face):
    with pytest.raises(ValueError, match="contradict each other: the image lies 0"):
        opened.counterfactual(UNIT | {"Eyeglasses": 1}, {"Eyeglasses": 0}, image=face)
    with pytest.raises(ValueError, match="contradict each other"):
        opened.reconstruct(np.zeros((64, 64, 3)), UNIT)


def test_where_what_is_hidden_is_not_told_the_model_says_what_contradicts(trained, face):
    labels = {name: value for name, value in UNIT.items() if name not in HIDDEN_NAMES}
    with pytest.raises(ValueError, match="under another treatment the model's picture lies 0"):
        trained.reconstruct(face, labels | {"Eyeglasses": 1})
    for nonsense in (np.zeros((64, 64, 3)), np.random.default_rng(0).random((64, 64, 3))):
        for factors in (None, labels):
            with pytest.raises(ValueError, match="The model does not explain the image"):
                trained.reconstruct(nonsense, factors)


def test_a_sweep_goes_beyond_the_treatments_and_agrees_at_them(opened):
    found = opened.sweep(UNIT, [-3, 0, 1, 2.5])
    assert found.shape == (4, 64, 64, 3)
    np.testing.assert_allclose(found[1], opened.reconstruct(factors=UNIT), atol=1e-6)
    treated = opened.reconstruct(units.picture(opened.dataset, UNIT), UNIT)
    assert np.abs(found[2] - treated).max() > 1e-4


def test_a_population_is_averaged_and_seeded(opened):
    once, again = (opened.intervention({"Eyeglasses": 1}, samples=30, seed=2) for _ in range(2))
    np.testing.assert_array_equal(once.density, again.density)
    assert once.counterfactual["Eyeglasses"] == 1
    assert once.counterfactual["Male"] == once.factual["Male"]
    assert 0 <= once.l1 <= 1


def test_labels_that_nobody_told_are_those_that_explain_the_picture_best(trained, face):
    assert trained.traverse(0, face).shape == (9, 64, 64, 3)
    with torch.no_grad():
        found = trained._explained(torch.from_numpy(face).float().movedim(-1, 0)[None])
    assert found == {name: value for name, value in UNIT.items() if name not in HIDDEN_NAMES}
    np.testing.assert_array_equal(trained.reconstruct(face, UNIT), trained.reconstruct(face))
    with pytest.raises(ValueError, match="a unit takes all of them"):
        trained.reconstruct()


def test_a_traversal_holds_what_does_not_move(opened, face):
    walk = opened.traverse(1, face, factors=UNIT)
    assert walk.shape == (9, 64, 64, 3)
    assert (walk[0] != walk[-1]).any()


def test_latents_are_drawn_and_seeded(opened):
    z, t = opened.latents(300, seed=1)
    assert z.shape == (300, 3)
    assert set(t) == {0, 1}
    np.testing.assert_array_equal(z, opened.latents(300, seed=1)[0])


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ({}, "it sets Eyeglasses, the treatment"),
        (None, "it sets Eyeglasses"),
        ({"Male": 1}, "the treatment, and nothing else"),
        ({"Eyeglasses": 1, "Male": 0}, "nothing else"),
        ({"Eyeglasses": 2}, "is not a class of Eyeglasses"),
    ],
)
def test_only_the_treatment_can_be_set(opened, do, said):
    with pytest.raises(ValueError, match=said):
        opened.counterfactual(UNIT, do)
    with pytest.raises(ValueError, match=said):
        opened.intervention(do)


@pytest.mark.parametrize("values", [[], ["x"], [float("nan")], 3])
def test_a_sweep_takes_numbers(opened, values):
    with pytest.raises(ValueError, match="it takes a list of"):
        opened.sweep(UNIT, values)


def test_bad_questions_are_one_sentence(opened, face):
    with pytest.raises(ValueError, match="Male has no value"):
        opened.reconstruct(face, {k: v for k, v in UNIT.items() if k != "Male"})
    with pytest.raises(ValueError, match="image has shape"):
        opened.reconstruct(np.zeros((32, 32, 3)), UNIT)
    with pytest.raises(ValueError, match="latent"):
        opened.traverse(3, face, factors=UNIT)
    with pytest.raises(RefusedError, match="no single number"):
        opened.effect()


def test_a_picture_alone_is_answered_and_its_truth_is_not_known(trained, face):
    answer = trained.counterfactual(image=face, do={"Eyeglasses": 1}, samples=5)
    assert np.isfinite(answer.density).all()
    assert np.isnan(answer.truth).all()
    labels = {name: value for name, value in UNIT.items() if name not in HIDDEN_NAMES}
    told = trained.counterfactual(labels, {"Eyeglasses": 1}, image=face, samples=5)
    assert told.counterfactual["Eyeglasses"] == 1
    with pytest.raises(ValueError, match="has no value"):
        trained.counterfactual(labels, {"Eyeglasses": 1})


@pytest.mark.parametrize("log_sd", [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0])
def test_labels_weigh_the_pixels_by_their_variance(log_sd):
    """log p(v) + log N(y; mean, σ²) - KL, by torch's own normal."""
    asked = explorer()
    with torch.no_grad():
        asked.model.log_sd.fill_(log_sd)
        drawn = units.picture(asked.dataset, UNIT)
        y = torch.from_numpy(drawn).float().movedim(-1, 0)[None]
        v = torch.cartesian_prod(*(torch.arange(one.classes) for one in asked.dataset.variables))
        q = asked.model.encode(v, y.expand(len(v), -1, -1, -1))
        mean = asked.model.decode(q.mean, v[:, 0].float(), v)
        pixels = torch.distributions.Normal(mean.double(), np.exp(log_sd)).log_prob(y.double())
        law = asked.dataset.scm()
        kl = torch.distributions.kl_divergence(q, asked.model.balanced_prior(v))
        fit = law.log_prob(law.unstack(v)) + pixels.flatten(1).sum(1) - kl
        found = list(asked._explained(y).values())
    assert found == v[fit.argmax()].tolist()
