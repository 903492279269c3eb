import itertools

import numpy as np
import pytest
from scipy import stats

from causal_explorer.data import dsprites
from causal_explorer.data.resample import resample
from causal_explorer.scm.stories import STORIES, story_named
from tests.scm.small import small_scm

NAMES = [factor.name for factor in dsprites.FACTORS]
DRAWS = 60_000
LEVEL = 1e-6  # of each test; some dozens are run


def drawn(name):
    rows = resample(story_named(name, dsprites.FACTORS), DRAWS, seed=1)
    return dict(zip(NAMES, dsprites.classes_of(rows).T, strict=True))


def dependence(a, b, classes_a, classes_b):
    """p-value of independence, by chi-square on coarse groups so that cells are filled."""
    groups = min(classes_a, 8), min(classes_b, 8)
    table = np.zeros(groups)
    np.add.at(table, (a * groups[0] // classes_a, b * groups[1] // classes_b), 1)
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    return stats.chi2_contingency(table).pvalue


@pytest.mark.parametrize("name", STORIES)
def test_rows_follow_the_story(name):
    story = story_named(name, dsprites.FACTORS)
    joint, found = story.log_joint().exp().numpy(), drawn(name)
    for axis, factor in enumerate(dsprites.FACTORS):
        exact = joint.sum(tuple(i for i in range(5) if i != axis))
        counts = np.bincount(found[factor.name], minlength=factor.classes)
        assert stats.chisquare(counts, exact / exact.sum() * DRAWS).pvalue > LEVEL


def test_the_default_story_entails_its_dependences():
    found, story = drawn("default"), story_named("default", dsprites.FACTORS)
    for cause, effect in story.graph.edges:
        sizes = [dsprites.FACTORS[NAMES.index(name)].classes for name in (cause, effect)]
        assert dependence(found[cause], found[effect], *sizes) < LEVEL


def test_the_default_story_entails_its_independences():
    """Given shape, what hangs on orientation is independent of what hangs on scale."""
    found = drawn("default")
    for a, b in itertools.product(("orientation", "posX"), ("scale", "posY")):
        for shape in range(3):
            here = found["shape"] == shape
            sizes = [dsprites.FACTORS[NAMES.index(name)].classes for name in (a, b)]
            assert dependence(found[a][here], found[b][here], *sizes) > LEVEL


def test_the_independent_story_has_no_dependence():
    found = drawn("independent")
    for a, b in itertools.combinations(NAMES, 2):
        sizes = [dsprites.FACTORS[NAMES.index(name)].classes for name in (a, b)]
        assert dependence(found[a], found[b], *sizes) > LEVEL


def test_a_seed_fixes_the_draw():
    story = story_named("default", dsprites.FACTORS)
    np.testing.assert_array_equal(resample(story, 100, 5), resample(story, 100, 5))


def test_a_story_of_other_variables_is_refused():
    with pytest.raises(ValueError, match="not over dSprites' factors"):
        resample(small_scm(), 10)
