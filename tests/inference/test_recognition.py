from dataclasses import replace

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites, splits

NAMES = [factor.name for factor in dsprites.FACTORS]


def held_out(count, seed=0):
    rows = np.random.default_rng(seed).choice(splits.rows("test"), count, replace=False)
    return dsprites.classes_of(rows)


def picture(*row):
    return dsprites.render(np.array([row]))[0]


def test_held_out_pictures_are_named(explorer):
    for row in held_out(25):
        found = explorer.explain(picture(*row))
        right = (dsprites.render(found.classes) == picture(*row)).all((1, 2))
        assert found.probabilities[right].sum() > 0.99
        assert right[0]
        assert found.covered > 0.999


def test_the_listed_probabilities_are_bayes_rule(explorer):
    """Prior times likelihood over all places and turns near by, with nothing proposed."""
    row = np.array([0, 3, 5, 16, 16])
    found = explorer.explain(picture(*row))
    grid = np.stack(
        np.meshgrid(range(3), range(2, 5), range(40), range(15, 18), range(15, 18), indexing="ij")
    ).reshape(5, -1)
    rng = np.random.default_rng(0)
    every = np.unique(
        np.concatenate([grid.T[rng.permutation(len(grid.T))[:500]], found.classes]), axis=0
    )
    table = torch.from_numpy(every)
    story, world = explorer.story, explorer.world
    x = torch.from_numpy(picture(*row)).float()
    score = world.log_likelihood(x, table, torch.Generator()) + story.log_evidence(
        story.unstack(table)
    )
    exact = dict(zip(map(tuple, every.tolist()), score.softmax(0).tolist(), strict=True))
    for classes, probability in zip(found.classes.tolist(), found.probabilities, strict=True):
        assert exact[tuple(classes)] == pytest.approx(probability, abs=1e-4)


def test_the_first_and_the_last_orientation_share_the_mass(explorer):
    """They are one picture; the default story gives 0 and 39 the same prior for a heart."""
    found = explorer.explain(picture(2, 3, 0, 16, 16))
    assert {row[2] for row in found.classes.tolist()} == {0, 39}
    np.testing.assert_allclose(found.probabilities, 0.5, atol=1e-6)


def test_known_factors_narrow_the_explanations(explorer):
    found = explorer.explain(picture(2, 3, 0, 16, 16), {"orientation": 39})
    assert found.best["orientation"] == 39
    assert found.probabilities[0] == pytest.approx(1)


def test_the_story_is_the_prior(explorer):
    """A picture that two combinations draw alike is named by the one the story makes likely."""
    chain = explorer.with_story("chain").explain(picture(2, 3, 39, 16, 16))
    assert len(chain) == 2


def test_an_image_alone_answers_as_the_image_with_its_factors(explorer):
    row = (2, 3, 10, 16, 16)
    factors = dict(zip(NAMES, row, strict=True))
    alone = explorer.counterfactual(image=picture(*row), do={"scale": 0}, samples=1001)
    known = explorer.counterfactual(factors, do={"scale": 0}, samples=1001)
    assert alone.posterior.best == factors
    assert np.abs(alone.truth - known.truth).mean() < 0.002
    assert alone.iou > 0.9
    assert alone.l1 < 1e-4


def test_an_ambiguous_image_gives_the_mixture(explorer):
    """Orientation 0 or 39: had it been turned on by three steps, it would be at 3 or at 2."""
    image = picture(2, 3, 0, 16, 16)
    answer = explorer.counterfactual(image=image, do={"orientation": ce.Shift(3)}, samples=2000)
    shares = answer.shares("orientation")
    assert shares[3] == pytest.approx(0.5, abs=0.06)
    assert shares[2] == pytest.approx(0.5, abs=0.06)
    assert answer.uncertainty.factors.max() > 0.2


def test_noise_is_refused_with_how_badly_it_fits(explorer):
    image = np.random.default_rng(0).integers(0, 2, (64, 64))
    said = r"No sprite, as this model paints it, explains the image.*nats away"
    with pytest.raises(ValueError, match=said):
        explorer.counterfactual(image=image, do={"shape": 0})
    with pytest.raises(ValueError, match=said):
        explorer.explain(image)


def test_an_empty_image_is_refused(explorer):
    with pytest.raises(ValueError, match="No sprite, as this model paints it, explains"):
        explorer.counterfactual(image=np.zeros((64, 64)), do={"shape": 0})


def test_labels_that_fight_the_image_are_refused(explorer):
    with pytest.raises(ValueError, match="No sprite with these factors, as this model"):
        explorer.counterfactual({"posX": 0}, image=picture(2, 3, 10, 28, 16), do={"shape": 0})


def test_a_fit_that_is_poor_is_reported(explorer):
    image = picture(2, 5, 10, 16, 16).copy()
    image[28:36, 20:44] = 1
    found = explorer.explain(image)
    assert 0.5 < found.overlap < 0.97
    assert found.nats > 100


def test_without_a_recogniser_all_factors_are_asked_for(explorer):
    with pytest.raises(ValueError, match="give all of the factors"):
        replace(explorer, recogniser=None).explain(picture(2, 3, 10, 16, 16))


@pytest.mark.parametrize("image", [np.zeros((3, 3)), "x", None])
def test_what_is_no_image_is_refused(explorer, image):
    with pytest.raises(ValueError, match="image"):
        explorer.explain(image)
