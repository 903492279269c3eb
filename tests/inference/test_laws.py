"""Sampled laws against enumerated ones: random questions over all stories, couplings, rungs."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from causal_explorer.data import dsprites
from causal_explorer.scm.actions import Shift
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.parametric import Effect
from causal_explorer.scm.stories import STORIES, read_story
from tests.scm.small import generator

LEVEL = 0.01
SAMPLES = 1_500
NAMES = [factor.name for factor in dsprites.FACTORS]


@dataclass
class Asked:
    story: str
    coupling: str
    given: dict
    do: dict


def questions(story, count, seed):
    """A third each of seeing, doing and imagining; what is seen was drawn from the story."""
    rng = np.random.default_rng(seed)
    model = read_story(story).build(dsprites.FACTORS)
    seen = model.stack(model.draw({}, count, generator(seed))).tolist()
    for i, row in enumerate(seen):
        rung, coupling = 1 + i % 3, list(COUPLINGS)[i % 2]
        known = rng.choice(NAMES, rng.integers(1, 6), replace=False) if rung != 2 else []
        targets = rng.choice(NAMES, rng.integers(1, 3), replace=False) if rung != 1 else []
        given = {name: row[NAMES.index(name)] for name in known}
        yield Asked(story, coupling, given, {name: action(name, rng) for name in targets})


def action(name, rng):
    classes = dsprites.FACTORS[NAMES.index(name)].classes
    soft = name != "shape" and rng.random() < 0.3
    return Shift(int(rng.integers(1, 4))) if soft else int(rng.integers(classes))


def p_values(explorer, asked, law):
    """Of a chi-square test for each factor that has any freedom; 0 where a draw is impossible."""
    if asked.given and asked.do:
        answer = explorer.counterfactual(
            asked.given, do=asked.do, samples=SAMPLES, coupling=asked.coupling
        )
    elif asked.given:
        answer = explorer.condition(asked.given, samples=SAMPLES)
    else:
        answer = explorer.intervention(asked.do, samples=SAMPLES)
    return [p_value(answer.shares(name) * SAMPLES, law[name] * SAMPLES) for name in NAMES]


def p_value(found, wanted):
    if found[wanted < 1e-9].any():
        return 0.0
    order = np.argsort(wanted)
    cells, here, there = [], 0.0, 0.0
    for k in order:  # cells of at least five expected draws, the smallest classes together
        here, there = here + found[k], there + wanted[k]
        if there >= 5:
            cells.append((here, there))
            here = there = 0.0
    if here or there:
        cells[-1] = (cells[-1][0] + here, cells[-1][1] + there)
    if len(cells) < 2:
        return float("nan")
    observed, expected = np.array(cells).T
    return stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue


def rejections(explorer, asked, law_of):
    found = np.concatenate([p_values(explorer.with_story(a.story), a, law_of(a)) for a in asked])
    tested = found[~np.isnan(found)]
    return int((tested < LEVEL).sum()), len(tested)


def law_under(explorer, story):
    return lambda a: explorer.with_story(story(a)).law(a.given, a.do, a.coupling)


def test_sampled_laws_of_200_questions_are_the_enumerated_ones(explorer):
    asked = [a for seed, name in enumerate(STORIES) for a in questions(name, 40, seed)]
    assert len(asked) == 200
    rejected, tested = rejections(explorer, asked, law_under(explorer, lambda a: a.story))
    print(f"\n{rejected} of {tested} chi-square tests reject at the level {LEVEL}")
    assert tested > 300
    assert stats.binomtest(rejected, tested, LEVEL, alternative="greater").pvalue > 0.01


@pytest.mark.parametrize(
    ("story", "cause", "effect"),
    [("default", "scale", "posY"), ("chain", "posX", "posY"), ("shared-cause", "wind", "posX")],
)
def test_the_same_tests_reject_a_mechanism_that_was_broken_on_purpose(
    explorer, story, cause, effect
):
    target = next(variable for variable in dsprites.FACTORS if variable.name == effect)
    broken = read_story(story).with_effect(cause, target, Effect(slope=0.5))
    asked = list(questions(story, 12, seed=9))
    rejected, tested = rejections(explorer, asked, law_under(explorer, lambda a: broken))
    assert stats.binomtest(rejected, tested, LEVEL, alternative="greater").pvalue < 1e-6
