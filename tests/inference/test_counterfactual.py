import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.data import dsprites

HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
ROW = np.array([2, 3, 10, 16, 16])
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
        ({"factors": {"shape": 0}}, "factors lacks scale, orientation, posX, posY"),
        ({"factors": None}, "factors lacks"),
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
