"""A strip and a batch give what their questions give one by one."""

import numpy as np
import pytest

from causal_explorer.data import dsprites, splits
from causal_explorer.metrics.queries import random_queries
from causal_explorer.scm.actions import Set, Shift, settings

HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}


def assert_same(one, other):
    np.testing.assert_allclose(one.density, other.density, atol=1e-5)
    for field in ("original", "reconstruction", "truth", "factual", "counterfactual"):
        np.testing.assert_allclose(getattr(one, field), getattr(other, field), atol=1e-5)
    assert (one.do, one.cut, one.descendants) == (other.do, other.cut, other.descendants)
    for field in ("factors", "latent", "pixels"):
        ours, theirs = getattr(one.uncertainty, field), getattr(other.uncertainty, field)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    np.testing.assert_array_equal(one.posterior.classes, other.posterior.classes)


@pytest.mark.parametrize("coupling", ["gumbel", "monotone"])
@pytest.mark.parametrize("samples", [1, 300])
def test_a_batch_answers_as_each_question_alone(explorer, coupling, samples):
    asked = random_queries(splits.rows("test"), 25, seed=3)
    speck = dsprites.render(np.array([list(asked[4].factors.values())]))[0]
    speck[0, 0] = 1
    questions = [{"factors": q.factors, "do": q.do} for q in asked]
    questions[4]["image"] = speck
    settings = {"samples": samples, "seed": 7, "coupling": coupling}
    answers = explorer.counterfactuals(questions, **settings)
    assert len(answers) == 25
    for question, answer in zip(questions, answers, strict=True):
        assert_same(answer, explorer.counterfactual(**question, **settings))
    assert answers[4].original[0, 0] == 1


def test_a_batch_larger_than_fits_at_once_keeps_its_order(explorer):
    asked = random_queries(splits.rows("test"), 90, seed=4, targets=("scale",))
    answers = explorer.counterfactuals(
        [{"factors": q.factors, "do": q.do} for q in asked], samples=1_000
    )
    assert [answer.do for answer in answers] == [settings(q.do) for q in asked]
    table = np.array([list(q.factors.values()) for q in asked])
    np.testing.assert_array_equal([answer.factual[0] for answer in answers], table)


@pytest.mark.parametrize("factor", [f.name for f in dsprites.FACTORS])
def test_a_sweep_is_every_value_on_the_same_noise(explorer, factor):
    others = {"shape": "square"} if factor != "shape" else {"posX": 3}
    strip = explorer.sweep(factor, HEART, do=others, samples=200, seed=5)
    classes = {f.name: f.classes for f in dsprites.FACTORS}[factor]
    assert len(strip) == classes
    for value in {0, 1, classes - 1}:
        alone = explorer.counterfactual(HEART, do=others | {factor: value}, samples=200, seed=5)
        assert_same(strip[value], alone)


def test_a_sweep_replaces_a_target_of_the_same_factor(explorer):
    strip = explorer.sweep("scale", HEART, do={"scale": 5}, samples=10)
    assert [answer.do for answer in strip] == [{"scale": Set(k)} for k in range(6)]


def test_questions_with_and_without_an_image_keep_their_order(explorer):
    """The first and the last are answered from factors alone; soft actions among them."""
    questions = [
        {"factors": {"shape": "heart"}, "do": {"scale": 5}},
        {"factors": HEART, "do": {"scale": Shift(-2)}},
        {"factors": HEART, "do": {"shape": "square", "posX": Shift(3)}},
        {"factors": {"scale": 2, "posX": 3}, "do": {"shape": 1}},
    ]
    answers = explorer.counterfactuals(questions, samples=200, seed=3)
    for question, answer in zip(questions, answers, strict=True):
        assert_same(answer, explorer.counterfactual(**question, samples=200, seed=3))
    assert answers[1].do == {"scale": Shift(-2)}
    assert answers[2].do == {"shape": Set(0), "posX": Shift(3)}


def test_a_sweep_from_some_factors_is_every_value_on_the_same_noise(explorer):
    strip = explorer.sweep("shape", {"scale": 4}, do={"posX": Shift(2)}, samples=100, seed=5)
    assert len(strip) == 3
    for value, answer in enumerate(strip):
        do = {"posX": Shift(2), "shape": value}
        assert_same(answer, explorer.counterfactual({"scale": 4}, do=do, samples=100, seed=5))


def test_no_questions_have_no_answers(explorer):
    assert explorer.counterfactuals([]) == []


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ([{"factors": HEART, "do": {"shape": 0}}, {"factors": HEART}], "do is empty"),
        ([{"factors": HEART, "do": {"shape": 0}, "dp": 1}], "it takes dicts with factors, image"),
        ([3], "questions holds 3"),
        (5, "questions is of type int"),
        ({"factors": HEART, "do": {"shape": 0}}, "questions is of type dict"),
    ],
)
def test_bad_batches_get_one_sentence(explorer, questions, sentence):
    with pytest.raises(ValueError, match=sentence):
        explorer.counterfactuals(questions)


@pytest.mark.parametrize("factor", ["hue", None, 3, ["shape"]])
def test_an_unknown_factor_is_not_swept(explorer, factor):
    with pytest.raises(ValueError, match=r"factor=.* is unknown: it takes one of shape, scale"):
        explorer.sweep(factor, HEART)
