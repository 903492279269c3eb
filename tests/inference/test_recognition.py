from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from scipy.ndimage import binary_dilation, binary_erosion

import causal_explorer as ce
from causal_explorer.data import dsprites, splits
from causal_explorer.data.windows import open_windows
from causal_explorer.inference import query, recognition

NAMES = [factor.name for factor in dsprites.FACTORS]


def held_out(count, seed=0):
    rows = np.random.default_rng(seed).choice(splits.rows("test"), count, replace=False)
    return dsprites.classes_of(rows)


def picture(*row):
    return dsprites.render(np.array([row]))[0]


def polygon(corners, outer, inner):
    """A star of that many corners, every other one nearer to the middle."""
    angle = 0.2 + 2 * np.pi * np.arange(corners) / corners
    radius = np.where(np.arange(corners) % 2, inner, outer)
    image = Image.new("1", (64, 64))
    points = zip(32 + radius * np.sin(angle), 32 - radius * np.cos(angle), strict=True)
    ImageDraw.Draw(image).polygon(list(points), fill=1)
    return np.array(image).astype(np.uint8)


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
    """Orientation 0 or 39, one angle: turned on by three steps it is at 3, whichever it was."""
    image = picture(2, 3, 0, 16, 16)
    answer = explorer.counterfactual(image=image, do={"orientation": ce.Shift(3)}, samples=2000)
    before = np.bincount(answer.factual[:, 2], minlength=40) / 2000
    assert before[[0, 39]] == pytest.approx(0.5, abs=0.06)
    assert answer.shares("orientation")[3] == 1


FOREIGN = {
    "noise": np.random.default_rng(0).integers(0, 2, (64, 64)),
    "nothing": np.zeros((64, 64)),
    "star": polygon(10, 12, 5),
    "small star": polygon(10, 9, 4),
    "pentagon": polygon(5, 9, 9),
    "large pentagon": polygon(5, 11, 11),
    "triangle": polygon(3, 9, 9),
    "disc": (np.hypot(*(np.indices((64, 64)) - 32)) < 9.5).astype(np.uint8),
    "hexagon": polygon(6, 9, 9),
    "cross": np.pad(np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]).repeat(8, 0).repeat(8, 1), 20),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_shows_no_sprite_is_none_of_these(explorer, name):
    """A star was called a heart with probability 1."""
    image = FOREIGN[name]
    assert explorer.explain(image).none > 0.99
    said = r"No sprite explains the image: that it shows none of these is .*nats away\.$"
    with pytest.raises(ValueError, match=said):
        explorer.counterfactual(image=image, do={"shape": 0})
    with pytest.raises(ValueError, match=said):
        explorer.reconstruct(image)


def test_labels_that_fight_the_image_are_refused(explorer):
    with pytest.raises(ValueError, match="No sprite with these factors explains the image"):
        explorer.counterfactual({"posX": 0}, image=picture(2, 3, 10, 28, 16), do={"shape": 0})


def test_a_poor_fit_of_a_search_without_bounds_is_refused(explorer):
    found = explorer.explain(picture(2, 3, 10, 28, 16))
    with pytest.raises(ValueError, match="No sprite, as this model paints it, explains"):
        query.require_explained(replace(found, bounded=False, overlap=0.3), {})


def test_a_fit_that_is_poor_is_reported(explorer):
    image = picture(2, 5, 10, 16, 16).copy()
    image[28:36, 20:44] = 1
    found = explorer.explain(image)
    assert 0.5 < found.overlap < 0.97
    assert found.nats > 100


def test_three_stray_pixels_do_not_make_it_certain_of_what_is_wrong(explorer):
    """It said orientation 24 and posX 14 with probability 1, 460 nats away."""
    row = (2, 1, 11, 16, 21)
    for seed in (5005, 0, 1):
        image = picture(*row)
        flipped = np.random.default_rng(seed).choice(4096, 3, replace=False)
        image.reshape(-1)[flipped] ^= 1
        found = explorer.with_story("independent").explain(image)
        assert tuple(found.classes[0]) == row
        assert found.nats == pytest.approx(60, abs=0.1)
        assert found.none < 1e-6


def disturbed(count, seed):
    """Held-out sprites with stray pixels, a piece erased, or another sprite beside."""
    rng = np.random.default_rng(seed)
    for i, row in enumerate(held_out(count, seed)):
        image = picture(*row)
        if i % 3 == 0:
            image.reshape(-1)[rng.choice(4096, rng.integers(1, 51), replace=False)] ^= 1
        elif i % 3 == 1:
            on = np.argwhere(image)
            image[tuple(on[: int(len(on) * rng.uniform(0.2, 0.6))].T)] = 0
        else:
            image |= picture(*held_out(1, 1000 + i)[0])
        yield row, image


@pytest.mark.parametrize("story", ["independent", "default", "confounded"])
def test_the_posterior_is_that_of_brute_force(explorer, story):
    """Over all places, turns and sizes of all shapes, as far as 60 nats from the best."""
    asked = explorer.with_story(story)
    world = asked.world
    for _, image in disturbed(12, 7):
        found, distance = asked.explain(image), open_windows().distances(image)
        near = np.argwhere(distance <= distance.min() + 3)
        v, x = torch.from_numpy(near), torch.from_numpy(image).float()
        score = world.log_likelihood(x, v, torch.Generator())
        score = (score + world.story.log_evidence(world.story.unstack(v))).double()
        exact = dict(zip(map(tuple, near.tolist()), score.softmax(0).tolist(), strict=True))
        listed = [exact.get(tuple(row), 0.0) for row in found.classes.tolist()]
        apart = np.abs(np.array(listed) - found.probabilities).sum() + 1 - sum(listed)
        assert apart / 2 <= 1 - found.covered + 1e-12
        assert found.bounded
        assert found.covered > 1 - 1e-3


def test_what_was_not_scored_is_bounded(explorer, monkeypatch):
    """A search that may score ten combinations only says how little it covers."""
    image = picture(0, 3, 5, 16, 16)
    image[20:44, 36:60] = 1  # no sprite: many explain it about as badly
    whole = explorer.explain(image)
    monkeypatch.setattr(recognition, "_MOST", 1)
    cut = explorer.explain(image)
    assert cut.probabilities.sum() == pytest.approx(cut.covered)
    exact = dict(zip(map(tuple, whole.classes.tolist()), whole.probabilities, strict=True))
    for row, probability in zip(cut.classes.tolist(), cut.probabilities, strict=True):
        assert probability <= exact.get(tuple(row), 1 - whole.covered) + 1e-9


def test_two_sprites_in_one_picture_are_explained_by_one_of_them(explorer):
    """They were refused at "overlap 0.00", where 0.57 is to be had."""
    image = picture(0, 3, 0, 5, 5) | picture(0, 2, 0, 28, 28)
    answer = explorer.counterfactual(image=image, do={"posX": 16})
    assert answer.posterior.best["scale"] == 3
    assert answer.posterior.overlap > 0.5


def test_pixels_that_no_sprite_puts_there_do_not_stay_where_it_was(explorer):
    """Had it been elsewhere, the clean sprite would be there, and no outline of stray pixels."""
    clean = picture(2, 3, 10, 16, 16)
    for noisy in (ragged(clean), clean | (np.random.default_rng(3).random((64, 64)) < 0.01)):
        told = explorer.with_story("independent").counterfactual
        answer = told(image=noisy.astype(np.uint8), do={"posX": 26})
        right = told(image=clean, do={"posX": 26})
        np.testing.assert_allclose(answer.density, right.density, atol=1e-6)
        assert answer.density[:, :32].max() < 1e-6
        assert np.isnan(answer.truth).all()
        assert np.isnan(answer.iou)
        np.testing.assert_array_equal(answer.original, noisy)


def test_steps_of_a_disturbed_picture_know_no_truth(explorer):
    noisy = ragged(picture(2, 3, 10, 16, 16))
    steps = explorer.steps(image=noisy, do={"posX": 26}, samples=20)
    assert np.isnan(steps.pixels.truth).all()
    np.testing.assert_allclose(steps.pixels.density.mean(0), steps.answer.density, atol=1e-6)


def ragged(image):
    """With every ninth pixel of its outline on the other side."""
    edge = np.argwhere(binary_dilation(image) & ~binary_erosion(image))[::9]
    uneven = image.copy()
    uneven[tuple(edge.T)] ^= 1
    return uneven


def test_a_model_without_bounds_says_that_it_estimates(explorer):
    unbounded = replace(explorer, doubts=None)
    found = unbounded.explain(picture(2, 3, 10, 16, 16))
    assert not found.bounded
    assert found.best == explorer.explain(picture(2, 3, 10, 16, 16)).best
    assert not ce.load("scm-vae-mlp").explain(picture(2, 3, 10, 16, 16)).bounded


def test_a_data_set_that_cannot_be_searched_asks_for_all_factors():
    with pytest.raises(ValueError, match="give all of the factors"):
        ce.load("scm-vae-styled").explain(picture(2, 3, 10, 16, 16))


@pytest.mark.parametrize("image", [np.zeros((3, 3)), "x", None])
def test_what_is_no_image_is_refused(explorer, image):
    with pytest.raises(ValueError, match="image"):
        explorer.explain(image)
