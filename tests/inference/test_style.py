"""A style that no label names: z keeps it, the truth keeps it, and nobody has to say it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites, styled_sprites
from causal_explorer.inference import query
from causal_explorer.inference.truth import draw_hidden
from causal_explorer.metrics.style import every_style, style_kept

HEART = {"shape": "heart", "scale": 5, "orientation": 10, "posX": 16, "posY": 16}
STYLE = {"style": "stripes", "direction": 3, "width": 2}
STYLED = HEART | STYLE
ROW = np.array([2, 5, 10, 16, 16])


@pytest.fixture(scope="module")
def styled():
    """Under a story in which nothing causes anything, so that one do() has one outcome."""
    return ce.load("scm-vae-styled", "independent")


def drawn(*style, v=ROW):
    return styled_sprites.render(np.array([[*v, *style]]))[0]


def test_the_front_door_keeps_the_style_and_so_does_the_truth(styled):
    answer = styled.counterfactual(factors=STYLED, do={"shape": "square"}, samples=101)
    np.testing.assert_array_equal(answer.original, drawn(1, 3, 2))
    np.testing.assert_array_equal(answer.truth, drawn(1, 3, 2, v=[0, 5, 10, 16, 16]))
    assert answer.iou > 0.95
    assert 0 <= answer.density.min() <= answer.density.max() <= 1


@pytest.mark.parametrize("style", [{"style": "hollow", "width": 1}, STYLE])
def test_z_from_the_prior_loses_it(styled, style):
    ask = {"factors": HEART | style, "do": {"shape": "ellipse", "posX": 5}, "samples": 301}
    kept, lost = (styled.counterfactual(**ask, abduction=way) for way in ("exact", "prior"))
    assert kept.iou - lost.iou > 0.15
    np.testing.assert_array_equal(kept.truth, lost.truth)
    np.testing.assert_array_equal(kept.counterfactual, lost.counterfactual)
    assert np.abs(lost.reconstruction - lost.original).mean() > 0.01


def test_a_seed_of_numpy_is_a_seed(styled):
    sprite = {"shape": 0, "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
    ask = lambda seed: styled.counterfactual(  # noqa: E731
        sprite, do={"shape": 1}, samples=5, seed=seed, abduction="prior"
    )
    np.testing.assert_array_equal(ask(np.int64(3)).density, ask(3).density)


def test_z_from_the_prior_is_seeded_and_needs_no_style(styled, explorer):
    one, again = (
        styled.counterfactual(STYLED, do={"shape": 0}, samples=50, abduction="prior")
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.density, again.density)
    plain = explorer.counterfactual(HEART, do={"shape": 0}, samples=201)
    prior = explorer.counterfactual(HEART, do={"shape": 0}, samples=201, abduction="prior")
    assert np.abs(plain.density - prior.density).max() < 0.05, "dSprites leaves z nothing to say"


def test_what_is_not_told_is_the_first_class_where_nothing_is_seen(styled):
    answer = styled.counterfactual(HEART, do={"shape": 0}, samples=11)
    np.testing.assert_array_equal(answer.original, dsprites.render(ROW[None])[0])
    hollow = styled.counterfactual(HEART | {"style": "hollow"}, do={"shape": 0}, samples=11)
    np.testing.assert_array_equal(hollow.original, drawn(2, 0, 0))


def test_an_image_speaks_for_itself_and_its_untold_style_leaves_the_truth_unknown(styled):
    image = drawn(1, 3, 2)
    ask = {"image": image, "do": {"shape": "square"}, "samples": 101}
    told, untold = (styled.counterfactual(factors, **ask) for factors in (STYLED, HEART))
    np.testing.assert_array_equal(told.density, untold.density)
    assert np.isnan(untold.truth).all()
    assert np.isnan([untold.l1, untold.iou]).all()
    assert told.iou > 0.95
    assert untold.posterior.overlap > 0.9
    assert untold.posterior.nats > 0


def test_an_image_that_its_factors_contradict_is_refused_whether_its_style_is_told_or_not(styled):
    far = {**HEART, "posX": 0, "posY": 31}
    for factors in (far, far | STYLE):
        with pytest.raises(ValueError, match="image and factors contradict each other"):
            styled.counterfactual(factors, image=drawn(1, 3, 2), do={"shape": 0})


@pytest.mark.parametrize(
    ("factors", "image", "sentence"),
    [
        ({"shape": 2, "style": 1}, None, "factors names style: without an image it is taken where"),
        (STYLED | {"style": "dots"}, None, "style='dots' is not a class of style"),
        (STYLED | {"width": 5}, None, "width=5 is not a class of width"),
        (STYLED | {"colour": 1}, None, "unknown factor 'colour': it takes .* style, direction"),
        (HEART | {"style": 1}, drawn(1, 3, 2), "factors lacks direction, width: of what no label"),
        ({"shape": 2}, drawn(1, 3, 2), "styled-sprites cannot be searched"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(styled, factors, image, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        styled.counterfactual(factors, image, {"shape": 0}, samples=5)
    assert "\n" not in str(error.value)


def test_a_style_is_no_target(styled):
    with pytest.raises(ValueError, match="do names the unknown factor 'style'"):
        styled.counterfactual(STYLED, do={"style": 0})


def test_an_unknown_abduction_is_refused(styled):
    with pytest.raises(ValueError, match="it takes one of exact, prior, svi"):
        styled.counterfactual(STYLED, do={"shape": 0}, abduction="none")


def test_doing_nothing_leaves_the_image_as_it_is(styled):
    answer = styled.counterfactual(STYLED, do={"shape": "heart"}, samples=51)
    np.testing.assert_allclose(answer.density, answer.original, atol=1e-6)


def test_questions_of_one_batch_keep_their_own_styles(styled):
    styles = [STYLE, {"style": "hollow", "width": 3}, {}]
    questions = [{"factors": HEART | own, "do": {"shape": 0}} for own in styles]
    both = styled.counterfactuals(questions, samples=21)
    for question, answer in zip(questions, both, strict=True):
        alone = styled.counterfactual(**question, samples=21)
        np.testing.assert_array_equal(answer.truth, alone.truth)
        np.testing.assert_allclose(answer.density, alone.density, atol=1e-6)


def test_a_population_has_styles_from_their_prior(styled):
    do = dict(zip(HEART, ROW.tolist(), strict=True))
    answer = styled.intervention(do, samples=2_000, seed=1)
    style = styled_sprites.draw_hidden(4_000, np.random.default_rng(9))
    units = np.concatenate([np.tile(ROW, (4_000, 1)), style], axis=1)
    mean = styled_sprites.render(units).mean(0)
    error = np.sqrt(mean * (1 - mean) * (1 / 2_000 + 1 / 4_000))
    assert (np.abs(answer.truth - mean) <= 5 * error + 1e-9).all()
    assert answer.iou > 0.5
    imagined = styled.counterfactual({"shape": "heart"}, do=do, samples=50)
    assert np.isfinite(imagined.truth).all()


def test_a_data_set_without_a_style_draws_none(explorer):
    """Nor does it take a number from the generator, whose draws stay as they were."""
    generator = torch.Generator().manual_seed(0)
    before = generator.get_state()
    assert draw_hidden(explorer.checkpoint.dataset, 7, generator).shape == (7, 0)
    assert torch.equal(generator.get_state(), before)


def test_a_traversal_keeps_the_style_and_a_sweep_does(styled):
    found = styled.traverse("shape", STYLED)
    np.testing.assert_array_equal(found.truth[0], drawn(1, 3, 2, v=[0, 5, 10, 16, 16]))
    assert found.wrong_pixels.max() < 20
    answers = styled.sweep("shape", STYLED, samples=11)
    for answer, truth in zip(answers, found.truth, strict=True):
        np.testing.assert_array_equal(answer.truth, truth)


def test_steps_show_the_truth_of_each_draw(styled):
    steps = styled.steps(STYLED, do={"shape": 0}, samples=20, shown=5)
    np.testing.assert_array_equal(steps.pixels.truth[0], drawn(1, 3, 2, v=[0, 5, 10, 16, 16]))
    assert steps.pixels.reads_latent
    imagined = styled.steps({"shape": 2}, do={"shape": 0}, samples=20, shown=5)
    assert imagined.pixels.truth.shape == (5, 64, 64)
    with pytest.raises(
        ValueError, match="factors lacks style, direction, width: the truth of each"
    ):
        styled.steps(HEART, drawn(1, 3, 2), do={"shape": 0})


def test_evidence_is_parsed_apart(styled):
    dataset = styled.checkpoint.dataset
    given, hidden = query.parse_evidence(STYLED, dataset, styled.story)
    assert given == dict(zip(HEART, ROW.tolist(), strict=True))
    assert hidden == {"style": 1, "direction": 3, "width": 2}
    (asked,) = query.parse_questions(
        [{"factors": STYLED, "do": {"shape": 0}}], dataset, styled.story
    )
    assert asked.hidden == (1, 3, 2)


def test_every_style_looks_different_and_is_read_off_its_own_picture():
    styles = every_style()
    assert len(styles) == 1 + 12 * 5 + 5
    units = np.concatenate([np.tile(ROW, (len(styles), 1)), styles], axis=1)
    pictures = styled_sprites.render(units).astype(bool)
    assert len(np.unique(pictures.reshape(len(styles), -1), axis=0)) == len(styles)
    assert style_kept(pictures, units).all()
    assert not style_kept(np.roll(pictures, 1, axis=0), units).any()
    assert style_kept(pictures[:0], units[:0]).shape == (0,)


def test_units_take_the_first_class_of_what_is_not_told(styled, explorer):
    dataset = styled.checkpoint.dataset
    np.testing.assert_array_equal(dataset.units(ROW[None]), [[*ROW, 0, 0, 0]])
    np.testing.assert_array_equal(dataset.units(ROW[None], (1, 2, 3)), [[*ROW, 1, 2, 3]])
    plain = explorer.checkpoint.dataset.units(ROW[None])
    np.testing.assert_array_equal(plain, ROW[None])
    assert replace(dataset, hidden=()).units(ROW[None]).shape == (1, 5)


@pytest.mark.parametrize("seed", range(6))
def test_a_style_that_is_drawn_is_the_same_after_do(styled, seed):
    """One sample of some of the factors: nothing moves, so that the truth is the original."""
    ask = {"factors": {"shape": "heart", "scale": 5}, "do": {"posX": ce.Shift(0)}}
    answer = styled.counterfactual(**ask, samples=1, seed=seed)
    assert answer.original.any()
    np.testing.assert_array_equal(answer.truth, answer.original)
