import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.scm.actions import Replace, Set, Shift
from causal_explorer.scm.mechanisms import mechanism

HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
ROW = np.array([2, 3, 10, 16, 16])
FROM_POSX = mechanism(("posX",), np.full((32, 6), 1 / 6))
NAMES = [factor.name for factor in dsprites.FACTORS]


def column(table, name):
    return table[:, NAMES.index(name)]


def test_the_front_door_answers_as_documented(explorer):
    answer = explorer.counterfactual(
        factors=HEART, image=None, do={"shape": "square"}, samples=1000, seed=0, coupling="gumbel"
    )
    for picture in (answer.original, answer.reconstruction, answer.density, answer.truth):
        assert picture.shape == (64, 64)
        assert 0 <= picture.min() <= picture.max() <= 1
    assert answer.factual.shape == answer.counterfactual.shape == (1000, 5)
    np.testing.assert_array_equal(answer.original, dsprites.render(ROW[None])[0])
    assert answer.l1 < 1e-4


def test_the_answer_is_the_truth_where_no_pixel_stands_at_half(explorer):
    """An odd number of draws: none of the truth's pixels is exactly 0.5."""
    answer = explorer.counterfactual(HEART, do={"shape": "square"}, samples=1001)
    assert answer.iou > 0.99


@pytest.mark.parametrize("coupling", ["gumbel", "monotone"])
def test_same_seed_same_answer_and_another_seed_another(explorer, coupling):
    ask = lambda seed: explorer.counterfactual(HEART, do={"shape": 0}, seed=seed, coupling=coupling)  # noqa: E731
    first, again, other = ask(1), ask(1), ask(2)
    np.testing.assert_array_equal(first.density, again.density)
    np.testing.assert_array_equal(first.counterfactual, again.counterfactual)
    assert not np.array_equal(first.counterfactual, other.counterfactual)


@pytest.mark.parametrize("coupling", ["gumbel", "monotone"])
def test_targets_hold_descendants_move_and_the_rest_stays(explorer, coupling):
    answer = explorer.counterfactual(HEART, do={"scale": 0}, coupling=coupling)
    assert (answer.factual == ROW).all()
    assert (column(answer.counterfactual, "scale") == 0).all()
    for name in ("shape", "orientation", "posX"):
        assert (column(answer.counterfactual, name) == ROW[NAMES.index(name)]).all()
    assert (column(answer.counterfactual, "posY") != 16).any()
    assert answer.cut == {("shape", "scale")}
    assert answer.descendants == {"posY"}


def test_the_only_explanation_of_known_factors_is_they_themselves(explorer):
    posterior = explorer.counterfactual(HEART, do={"scale": 0}, samples=3).posterior
    np.testing.assert_array_equal(posterior.classes, ROW[None])
    assert posterior.probabilities.tolist() == [1]
    assert (posterior.covered, posterior.overlap) == (1, 1)
    assert posterior.best == dict(zip(NAMES, ROW.tolist(), strict=True))


def test_the_answer_repeats_what_was_done(explorer):
    do = {"shape": "square", "scale": 2, "posX": Shift(-1)}
    answer = explorer.counterfactual(HEART, do=do, samples=3)
    assert answer.do == {"shape": Set(0), "scale": Set(2), "posX": Shift(-1)}


@pytest.mark.parametrize("coupling", ["gumbel", "monotone"])
def test_a_shift_moves_its_target_and_what_descends_from_it(explorer, coupling):
    answer = explorer.counterfactual(HEART, do={"scale": Shift(2)}, coupling=coupling)
    assert (column(answer.counterfactual, "scale") == 5).all()
    for name in ("shape", "orientation", "posX"):
        assert (column(answer.counterfactual, name) == ROW[NAMES.index(name)]).all()
    assert (column(answer.counterfactual, "posY") != 16).any()
    assert answer.cut == frozenset()
    assert answer.descendants == {"scale", "posY"}


def test_a_mechanism_that_is_replaced_runs_on_the_same_noise(explorer):
    """By itself: nothing changes. By one without causes: the edge is cut."""
    own = Replace(explorer.story.mechanisms["scale"])
    answer = explorer.counterfactual(HEART, do={"scale": own})
    assert (answer.counterfactual == ROW).all()
    assert answer.cut == frozenset()
    small = Replace(mechanism((), [0.9, *[0.02] * 5]))
    answer = explorer.counterfactual(HEART, do={"scale": small}, coupling="monotone")
    assert answer.cut == {("shape", "scale")}
    assert (column(answer.counterfactual, "scale") == 0).mean() > 0.5


@pytest.mark.parametrize("given", [{"shape": "square"}, {"scale": 5, "posX": 3}], ids=str)
def test_some_factors_are_evidence_enough(explorer, given):
    """Rung 3 without an image: what was not given is drawn from the story."""
    answer = explorer.counterfactual(given, do={"orientation": 0}, samples=1_001)
    for name, value in given.items():
        value = 0 if value == "square" else value
        assert (column(answer.factual, name) == value).all()
    assert (column(answer.counterfactual, "orientation") == 0).all()
    for name in ("shape", "scale", "posY"):
        kept = column(answer.counterfactual, name) == column(answer.factual, name)
        assert kept.all(), "no descendants of orientation"
    np.testing.assert_allclose(answer.original, dsprites.render(answer.factual).mean(0), atol=1e-12)
    np.testing.assert_allclose(answer.truth, dsprites.render(answer.counterfactual).mean(0))
    assert np.abs(answer.reconstruction - answer.original).mean() < 1e-4
    assert answer.l1 < 1e-4


def test_explanations_of_some_factors_are_the_storys(explorer):
    """Against the joint: the most probable first, and as much of it as they say."""
    given = {"shape": 2, "orientation": 10, "posX": 16}
    posterior = explorer.counterfactual(given, do={"scale": 0}, samples=3).posterior
    joint = explorer.story.log_joint(given).exp().numpy()[0, :, 0, 0]
    joint /= joint.sum()
    ours = joint[posterior.classes[:, 1], posterior.classes[:, 4]]
    np.testing.assert_allclose(ours, posterior.probabilities, rtol=1e-9)
    assert ours.sum() == pytest.approx(posterior.covered)
    assert posterior.covered > 0.99
    assert (np.diff(ours) <= 0).all()
    assert len(np.unique(posterior.classes, axis=0)) == len(posterior)
    for name, value in given.items():
        assert (posterior.classes[:, NAMES.index(name)] == value).all()
    assert posterior.law("scale").sum() == pytest.approx(1)


@pytest.mark.parametrize("story", ["default", "independent"])
def test_the_law_of_a_posterior_from_some_factors_is_the_storys(explorer, story):
    asked = explorer.with_story(story)
    posterior = asked.counterfactual({"shape": "square"}, do={"scale": 5}, samples=3).posterior
    for name, law in asked.law({"shape": "square"}).items():
        np.testing.assert_allclose(posterior.law(name), law, atol=0.01)


def test_doing_what_is_so_gives_the_image_back(explorer):
    answer = explorer.counterfactual(HEART, do={"shape": "heart"})
    np.testing.assert_array_equal(answer.truth, answer.original)
    assert np.abs(answer.density - answer.original).max() < 1e-6
    assert (answer.counterfactual == ROW).all()


def test_without_edges_nothing_else_moves(explorer):
    answer = explorer.with_story("independent").counterfactual(HEART, do={"shape": "square"})
    assert (answer.counterfactual == [0, 3, 10, 16, 16]).all()
    np.testing.assert_array_equal(answer.truth, dsprites.render(answer.counterfactual[:1])[0])
    assert answer.iou > 0.97


def test_setting_all_factors_gives_one_picture(explorer):
    do = {"shape": 1, "scale": 5, "orientation": 3, "posX": 2, "posY": 30}
    answer = explorer.counterfactual(HEART, do=do)
    np.testing.assert_array_equal(answer.truth, dsprites.render(answer.counterfactual[:1])[0])
    assert answer.iou > 0.97


def test_pixel_noise_of_a_given_image_is_kept(explorer):
    image = dsprites.render(ROW[None])[0]
    image[1, 1] = 1  # far from where any sprite can be
    answer = explorer.counterfactual(HEART, image=image, do={"posX": 20})
    assert answer.original[1, 1] == 1
    assert answer.density[1, 1] > 0.99
    assert answer.truth[1, 1] == 0


@pytest.mark.parametrize("samples", [1, 2, 1000])
def test_any_number_of_samples_is_a_mean_of_draws(explorer, samples):
    answer = explorer.counterfactual(HEART, do={"shape": 0}, samples=samples)
    assert len(answer.counterfactual) == samples
    expected = dsprites.render(answer.counterfactual).mean(0)
    np.testing.assert_allclose(answer.truth, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"do": {}}, "do is empty"),
        ({"do": None}, "do is empty"),
        ({"do": {"shape": "disc"}}, "shape='disc' is not a class of shape"),
        ({"do": {"hue": 1}}, "unknown factor 'hue'"),
        ({"do": {"scale": Shift(6)}}, "shift of scale is 6: it takes a whole number from -5 to 5"),
        ({"do": {"scale": Replace(FROM_POSX)}}, "reads posX: it may read shape, which cause scale"),
        ({"factors": None}, "no evidence: give an image, factors with their class, or both"),
        ({"factors": {}}, "There is no evidence"),
        ({"image": np.zeros((64, 64))}, "contradict each other: .* by 0.00"),
        ({"image": dsprites.render(np.array([[0, 5, 0, 0, 0]]))[0]}, "contradict each other"),
        ({"image": np.zeros((32, 32))}, r"shape \(32, 32\)"),
        ({"samples": 0}, "samples is 0"),
        ({"samples": 10**9}, "from 1 to 100,000"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": "x"}, "seed is 'x'"),
        ({"coupling": "none"}, "coupling='none' is unknown"),
        ({"coupling": ["gumbel"]}, "is unknown"),
    ],
)
def test_bad_questions_get_one_sentence(explorer, question, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        explorer.counterfactual(**({"factors": HEART, "do": {"shape": "square"}} | question))
    assert "\n" not in str(error.value)


def test_an_unknown_story_is_refused(explorer):
    with pytest.raises(ValueError, match="story='saga' is unknown"):
        explorer.with_story("saga")
    with pytest.raises(ValueError, match="story='saga' is unknown"):
        ce.load("scm-vae", story="saga")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda e: e.counterfactual(HEART, do={"posX": ce.Replace(None)}), "mechanism made"),
        (lambda e: e.sweep("posX", factors=HEART, do=5), "takes a dict"),
        (lambda e: e.sweep("posX", factors=HEART, do="abc"), "takes a dict"),
        (lambda e: e.law(HEART, do=0), "takes a dict"),
        (lambda e: e.law(HEART, do=[]), "takes a dict"),
        (lambda e: e.law(), "is empty"),
        (lambda e: e.counterfactual(HEART, do={"foo": ce.Shift(1)}), "do names the unknown"),
        (lambda e: e.counterfactual(HEART, do={"shape": ce.Shift(1)}), "no order"),
        (
            lambda e: e.counterfactual(HEART, do={"shape": 0}, abduction=np.zeros(2)),
            "exact, prior, svi",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(explorer, call, said):
    with pytest.raises(ValueError, match=said) as error:
        call(explorer)
    assert "\n" not in str(error.value)


def test_how_badly_labels_fit_the_image_is_said(explorer):
    """A square laid over a heart: they overlap, and no square draws that picture."""
    image = dsprites.render(ROW[None])[0]
    told = HEART | {"shape": "square"}
    posterior = explorer.counterfactual(told, image=image, do={"scale": 0}).posterior
    assert 0.5 < posterior.overlap < 0.8
    assert posterior.nats > 500


def test_what_a_hidden_cause_leaves_open_is_summed_not_the_best_of_it(explorer):
    """p(v | given) of a story with a hidden wind, against all its joint, added up over the wind."""
    told, given = explorer.with_story("shared-cause"), {"shape": 2, "scale": 3, "orientation": 10}
    posterior = told.counterfactual(given, do={"posX": 3}, samples=3).posterior
    joint = told.story.log_joint(given).exp().numpy().sum(-1)[0, 0, 0]  # (posX, posY)
    exact = (joint / joint.sum())[posterior.classes[:, 3], posterior.classes[:, 4]]
    np.testing.assert_allclose(posterior.probabilities, exact, rtol=1e-9)
