import functools
import itertools

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from causal_explorer.data import dsprites
from causal_explorer.data.resample import resample, write_resampled
from causal_explorer.scm.actions import Set
from causal_explorer.scm.law import population_law
from causal_explorer.scm.stories import STORIES, read_story, story_named
from causal_explorer.scm.story import parse
from tests.scm.small import small_scm

NAMES = [factor.name for factor in dsprites.FACTORS]
SIZES = {factor.name: factor.classes for factor in dsprites.FACTORS}
DRAWS = 60_000
LEVEL = 1e-6  # of each test; some dozens are run


def graph(name):
    return story_named(name, dsprites.FACTORS).graph


@functools.cache
def drawn(name):
    rows = resample(story_named(name, dsprites.FACTORS), DRAWS, seed=1)
    return dict(zip(NAMES, dsprites.classes_of(rows).T, strict=True))


def dependence(found, a, b, given=()):
    """p-value of a ⟂ b | given: chi-squares on coarse groups, added over what is given."""
    strata = np.zeros(DRAWS, dtype=np.int64)
    for name in given:
        strata = strata * SIZES[name] + found[name]
    groups = [min(SIZES[name], 8) for name in (a, b)]
    coarse = [found[name] * g // SIZES[name] for name, g in zip((a, b), groups, strict=True)]
    total, freedom = 0.0, 0
    for stratum in np.unique(strata):
        here = strata == stratum
        table = np.zeros(groups)
        np.add.at(table, (coarse[0][here], coarse[1][here]), 1)
        filled = [table.sum(1 - axis) >= 25 for axis in (0, 1)]  # rare classes make poor cells
        table = table[filled[0]][:, filled[1]]
        if min(table.shape) > 1 and (np.outer(*(table.sum(1 - x) for x in (0, 1))).min() > 0):
            result = stats.chi2_contingency(table, correction=False)
            total, freedom = total + result.statistic, freedom + result.dof
    return stats.chi2.sf(total, freedom)


@pytest.mark.parametrize("name", STORIES)
def test_rows_follow_the_story(name):
    story = story_named(name, dsprites.FACTORS)
    joint, found = story.log_joint().exp().numpy(), drawn(name)
    for axis, factor in enumerate(dsprites.FACTORS):
        exact = joint.sum(tuple(i for i in range(joint.ndim) if i != axis))
        counts = np.bincount(found[factor.name], minlength=factor.classes)
        assert stats.chisquare(counts, exact / exact.sum() * DRAWS).pvalue > LEVEL


EDGES = [(n, *e) for n in STORIES for e in story_named(n, dsprites.FACTORS).graph.edges]


@pytest.mark.parametrize(("name", "cause", "effect"), [e for e in EDGES if e[1] in NAMES])
def test_every_edge_of_every_story_shows_in_its_data(name, cause, effect):
    """Given the effect's other causes it still depends on this one."""
    others = [c for c in graph(name).predecessors(effect) if c != cause]
    assert dependence(drawn(name), cause, effect, others) < LEVEL


@pytest.mark.parametrize("name", STORIES)
def test_every_non_edge_of_every_story_shows_in_its_data(name):
    """Whatever separates two factors in the graph makes them independent in the data."""
    own, checked = graph(name), 0
    for a, b in itertools.combinations(NAMES, 2):
        if own.has_edge(a, b) or own.has_edge(b, a):
            continue
        given = nx.find_minimal_d_separator(own, {a}, {b}, restricted=set(NAMES) - {a, b})
        if given is None:
            continue
        assert dependence(drawn(name), a, b, sorted(given)) > LEVEL, (a, b, given)
        checked += 1
    assert checked == {"default": 6, "independent": 10, "chain": 6}.get(name, checked)
    assert checked >= 5


def test_a_hidden_cause_links_its_effects_though_no_edge_does():
    assert not nx.has_path(graph("shared-cause"), "posX", "posY")
    assert dependence(drawn("shared-cause"), "posX", "posY") < LEVEL


def test_a_hidden_cause_is_what_moves_its_effects():
    model = story_named("shared-cause", dsprites.FACTORS)
    for effect in ("posX", "posY"):
        see = [population_law(model, {}, {"wind": Set(k)})[effect].numpy() for k in (0, 4)]
        assert abs(see[0] @ np.arange(32) - see[1] @ np.arange(32)) > 10


def test_the_written_data_set_says_what_it_is(tmp_path):
    story = read_story("chain")
    write_resampled(tmp_path / "chain.npz", story, 5_000, seed=3)
    with np.load(tmp_path / "chain.npz") as found:
        rows = np.repeat(found["index"], found["multiplicity"])
        assert len(rows) == 5_000
        assert found["seed"] == 3
        again = parse("chain", str(found["story"])).build(dsprites.FACTORS)
    np.testing.assert_array_equal(rows, np.sort(resample(again, 5_000, 3)))


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(ValueError, match="cannot be written"):
        write_resampled(tmp_path / "missing" / "x.npz", read_story("default"), 10)


def test_a_seed_fixes_the_draw():
    story = story_named("default", dsprites.FACTORS)
    np.testing.assert_array_equal(resample(story, 100, 5), resample(story, 100, 5))


def test_a_story_of_other_variables_is_refused():
    with pytest.raises(ValueError, match="not over dSprites' factors"):
        resample(small_scm(), 10)


@pytest.mark.parametrize(
    ("count", "seed"),
    [(0, 0), (-1, 0), (1.5, 0), ("3", 0), (True, 0), (10**12, 0), (5, -1), (5, "3")],
)
def test_a_count_or_seed_out_of_range_is_refused(count, seed):
    with pytest.raises(ValueError, match="whole number"):
        resample(story_named("default", dsprites.FACTORS), count, seed)


@pytest.mark.parametrize("path", [5, "data", "data.csv"])
def test_a_path_that_is_no_archive_is_refused(path):
    with pytest.raises(ValueError, match="ends in .npz"):
        write_resampled(path, read_story("default"), 10)
