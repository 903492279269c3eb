import numpy as np
import pytest
from scipy import stats

from causal_explorer.data import dsprites

DRAWS = 20_000
LEVEL = 1e-6
NAMES = [factor.name for factor in dsprites.FACTORS]


def marginal(table, axis):
    exact = table.sum(tuple(i for i in range(5) if i != axis))
    return exact / exact.sum()


def agrees(factors, exact_joint):
    for axis, factor in enumerate(dsprites.FACTORS):
        exact = marginal(exact_joint, axis)
        counts = np.bincount(factors[:, axis], minlength=factor.classes)
        possible = exact > 0
        assert counts[~possible].sum() == 0
        if possible.sum() > 1:
            assert stats.chisquare(counts[possible], exact[possible] * DRAWS).pvalue > LEVEL


def joint(explorer, do=None, given=None):
    """p(v | given) or p(v | do): the product of the tables, those of targets replaced."""
    operands = []
    for axis, factor in enumerate(dsprites.FACTORS):
        mechanism = explorer.story.mechanisms[factor.name]
        if do and factor.name in do:
            operands += [np.eye(factor.classes)[do[factor.name]], [axis]]
        else:
            axes = [NAMES.index(parent) for parent in mechanism.parents]
            operands += [mechanism.table.numpy(), [*axes, axis]]
        if given and factor.name in given:
            operands += [np.eye(factor.classes)[given[factor.name]], [axis]]
    table = np.einsum(*operands, list(range(5)))
    return table / table.sum()


@pytest.mark.parametrize("do", [{"shape": "square"}, {"orientation": 0}, {"scale": 5, "posX": 1}])
def test_intervention_has_the_truncated_law(explorer, do):
    answer = explorer.intervention(do=do, samples=DRAWS, seed=3)
    agrees(
        answer.factors, joint(explorer, do={k: 0 if v == "square" else v for k, v in do.items()})
    )
    assert answer.density.shape == answer.truth.shape == (64, 64)
    assert answer.l1 < 0.001


@pytest.mark.parametrize("given", [{"shape": 0}, {"orientation": 0}, {"posY": 30, "posX": 3}])
def test_condition_has_the_conditional_law(explorer, given):
    answer = explorer.condition(given=given, samples=DRAWS, seed=3)
    agrees(answer.factors, joint(explorer, given=given))
    assert answer.l1 < 0.001


def test_seeing_is_not_doing(explorer):
    """Orientation tells of its cause shape when seen, not when set (exact, enumerated)."""
    seen = marginal(joint(explorer, given={"orientation": 0}), 0)
    done = marginal(joint(explorer, do={"orientation": 0}), 0)
    np.testing.assert_allclose(done, 1 / 3)
    assert seen[2] > 0.6, "an upright sprite is probably a heart"
    hearts_seen = (explorer.condition({"orientation": 0}).factors[:, 0] == 2).mean()
    hearts_done = (explorer.intervention({"orientation": 0}).factors[:, 0] == 2).mean()
    assert hearts_seen > hearts_done + 0.2


def test_seeing_and_doing_agree_on_a_cause_without_causes(explorer):
    np.testing.assert_allclose(
        joint(explorer, given={"shape": 1}), joint(explorer, do={"shape": 1}), atol=1e-15
    )


def test_same_seed_same_answer(explorer):
    first, again = (explorer.condition({"shape": 2}, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first.density, again.density)


@pytest.mark.parametrize("rung", ["condition", "intervention"])
def test_bad_questions_get_one_sentence(explorer, rung):
    ask = getattr(explorer, rung)
    for question, sentence in [({}, "is empty"), ({"x": 1}, "unknown factor 'x'")]:
        with pytest.raises(ValueError, match=sentence):
            ask(question)
    with pytest.raises(ValueError, match="samples is 0"):
        ask({"shape": 0}, samples=0)
