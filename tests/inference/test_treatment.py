from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.checkpoint import Checkpoint
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.opened import RefusedError
from causal_explorer.inference.treatment import TreatmentExplorer
from causal_explorer.models.registry import build


def opened(name, **network):
    """An untrained model: what is asked of it does not depend on how good it is."""
    torch.manual_seed(0)
    dataset = dataset_named({"name": name, "units": 600})
    model = build("cevae", dataset, {"latent": 2, "hidden": 8, "layers": 2} | network)
    model.prepare(dataset.open(torch.device("cpu")), 0)
    config = {"model": "cevae", "train": {"split_seed": 0}}
    return TreatmentExplorer(Checkpoint("small", model.eval(), dataset, config, {}, ""))


@pytest.fixture(scope="module")
def sprites():
    return opened("treatment", outcome="normal")


@pytest.fixture(scope="module")
def synthetic():
    return opened("cevae-synthetic")


def test_effect_stands_beside_truth_and_baselines(sprites):
    found = sprites.effect(units=40, samples=5)
    assert found.ite.shape == found.truth_ite.shape == found.regression.shape == (40,)
    assert found.ate == pytest.approx(found.ite.mean())
    severity = sprites.pictures.hidden[found.units, 0]
    np.testing.assert_allclose(found.truth_ite, 2.2 + 0.8 * severity)
    rows = sprites.pictures.rows("train", 0)
    t, y = sprites.pictures.v.numpy()[rows].T
    assert found.naive == pytest.approx(y[t == 1].mean() - y[t == 0].mean(), rel=1e-5)


def test_no_unit_that_is_asked_about_was_trained_on(sprites):
    trained = sprites.pictures.rows("train", 0)
    assert not set(sprites.effect(units=100, samples=1).units) & set(trained)


def test_same_seed_same_effect(sprites):
    first, again = (sprites.effect(units=10, samples=3, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first.ite, again.ite)
    assert not np.array_equal(first.ite, sprites.effect(units=10, samples=3, seed=5).ite)


def test_two_sessions_at_once_get_what_each_would_get_alone(sprites):
    """Pyro's handlers and torch's generator are of the process, not of a thread."""

    def both(seed):
        effect = sprites.effect(units=20, samples=20, seed=seed)
        return effect.ite, sprites.intervention({"t": 1}, samples=100, seed=seed).density

    alone = [both(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(both, range(8)))
    for own, found in zip(alone, at_once, strict=True):
        np.testing.assert_array_equal(own[0], found[0])
        np.testing.assert_array_equal(own[1], found[1])


def test_own_pictures_have_effects_but_no_truth(sprites):
    rows = sprites.units[:3]
    x = sprites.pictures.x[rows].numpy()
    found = sprites.effect(image=x, samples=4)
    np.testing.assert_array_equal(found.ite, sprites.effect(image=x / 255, samples=4).ite)
    np.testing.assert_array_equal(found.ite, sprites.effect(units=3, samples=4).ite)
    assert found.truth_ite is None
    assert found.truth_ate is None
    assert sprites.effect(image=x[0], samples=4).ite.shape == (1,)


def test_what_came_after_the_treatment_is_not_read(sprites):
    x = sprites.pictures.x[sprites.units[:2]].numpy()
    blank = x.copy()
    blank[:, :, 32:] = 0
    np.testing.assert_array_equal(
        sprites.effect(image=x, samples=2).ite, sprites.effect(image=blank, samples=2).ite
    )


def test_closed_form_is_the_truth_of_the_synthetic_test(synthetic):
    found = synthetic.effect(samples=2)
    assert set(found.truth_ite.round(4)) == {0.5, 0.9525}
    assert ((found.outcomes >= 0) & (found.outcomes <= 1)).all()


def test_a_population_is_treated(sprites):
    answer = sprites.intervention({"t": "treated"}, samples=200, seed=1)
    assert answer.do == {"t": 1.0}
    assert answer.counterfactual["t"] == answer.read["t"] == 1
    assert 0 < answer.factual["t"] < 1
    for picture in (answer.original, answer.reconstruction, answer.density, answer.truth):
        assert picture.shape == (32, 64, 1)
        assert 0 <= picture.min() < picture.max() <= 1
    before = [p[:, :32] for p in (answer.original, answer.density, answer.truth)]
    np.testing.assert_array_equal(before[0], before[1])
    np.testing.assert_array_equal(before[0], before[2])


def test_truth_of_a_population_is_the_expected_outcome(sprites):
    means = [sprites.intervention({"t": t}, samples=1_000).counterfactual["y"] for t in (0, 1)]
    assert means[1] - means[0] == pytest.approx(2.2, abs=8 * 0.8 / 60**0.5)  # 60 units


UNIT = {"severity": 1.0, "shape": 2, "orientation": 5, "speckle": 7, "lot": 0.5}


def test_doing_what_was_done_changes_no_unit(sprites):
    done = sprites.intervention({"t": 1}, samples=20, factors=UNIT)  # σ(2.5) > 0.5: treated
    assert done.factual == {"t": 1.0, "y": pytest.approx(7.7 - 2.4 + 3.0)}
    np.testing.assert_allclose(done.truth, done.original)
    assert done.counterfactual == pytest.approx(done.factual)


def test_one_unit_has_a_known_other_outcome(sprites):
    answer = sprites.intervention({"t": 0}, samples=20, factors=UNIT)
    assert answer.counterfactual["y"] == pytest.approx(7.7 - 2.4)
    effect = sprites.effect(samples=20, factors=UNIT)
    assert effect.truth_ite == pytest.approx([3.0])
    assert effect.ite.shape == (1,)


def test_numbers_in_the_place_of_pictures_are_treated_too(synthetic):
    answer = synthetic.intervention({"t": 0}, samples=300)
    assert answer.density.shape == (5,)
    assert answer.counterfactual["y"] == pytest.approx(0, abs=1e-3)  # σ(-9)


@pytest.mark.parametrize(
    ("do", "sentence"),
    [
        ({"y": 3}, "it sets t, the treatment, and nothing else"),
        ({"t": 1, "y": 3}, "and nothing else"),
        ({}, "do is {}: it sets t"),
        ({"t": 2}, "t=2 is not a class of t: .* or one of untreated, treated"),
    ],
)
def test_only_the_treatment_is_set(sprites, do, sentence):
    with pytest.raises(ValueError, match=sentence):
        sprites.intervention(do)


def test_bad_questions_get_one_sentence(sprites):
    with pytest.raises(ValueError, match="units is 0"):
        sprites.effect(units=0)
    with pytest.raises(ValueError, match="samples is 1.5"):
        sprites.effect(samples=1.5)
    with pytest.raises(ValueError, match=r"image has shape \(64, 64\): it takes \(32, 64, 1\)"):
        sprites.effect(image=np.zeros((64, 64)))
    with pytest.raises(ValueError, match="values out of range"):
        sprites.effect(image=np.full((32, 64, 1), 2.0))
    with pytest.raises(ValueError, match="finite numbers"):
        sprites.effect(image=np.full((32, 64, 1), np.nan))
    with pytest.raises(ValueError, match="severity has no value|severity.* has no value"):
        sprites.intervention({"t": 1}, factors={"shape": 1})
    with pytest.raises(ValueError, match="factors is 3: it takes values by variable"):
        sprites.effect(factors=3)
    with pytest.raises(ValueError, match="own pictures or of one unit"):
        sprites.effect(image=np.zeros((32, 64, 1)), factors=UNIT)


def test_higher_rungs_are_refused_with_the_reason(sprites):
    assert sprites.may == ["intervention", "effect"]
    assert [target.name for target in sprites.targets] == ["t"]
    with pytest.raises(RefusedError, match="not the outcome's own noise"):
        sprites.counterfactual({"t": 0, "y": 3.0}, {"t": 1})
    for request in ("reconstruct", "traverse"):
        with pytest.raises(RefusedError, match=r"^small does not .*: "):
            getattr(sprites, request)()


@pytest.mark.parametrize("shade", [0.0, 1.0])
def test_a_picture_that_nothing_explains_is_refused(sprites, shade):
    with pytest.raises(ValueError, match="shows no sprite that the model knows"):
        sprites.effect(image=np.full((32, 64, 1), shade))


def test_the_shipped_model_tells_who_gains_more():
    """Draws of one unit are averaged, not one draw of many units."""
    found = ce.load("cevae").effect(units=300, samples=20)
    assert np.corrcoef(found.ite, found.truth_ite)[0, 1] > 0.6
