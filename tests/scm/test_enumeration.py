"""Brute force over all 737,280 combinations against the laws, for every shipped story."""

import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.scm.actions import settings
from causal_explorer.scm.law import population_law
from causal_explorer.scm.stories import STORIES, story_named

NAMES = [factor.name for factor in dsprites.FACTORS]


def joint(name):
    """p(v) of every combination, hidden causes summed out."""
    table = story_named(name, dsprites.FACTORS).log_joint().exp()
    return table.sum(list(range(5, table.ndim))) if table.ndim > 5 else table


def seen(name, given):
    """p(v_i | given) by summing the joint over the rows that are so."""
    table = joint(name)
    for factor, value in given.items():
        keep = torch.zeros(table.shape[NAMES.index(factor)], dtype=torch.float64)
        keep[value] = 1
        shape = [1] * 5
        shape[NAMES.index(factor)] = -1
        table = table * keep.view(shape)
    return marginals(table / table.sum())


def done(name, factor, value):
    """p(v_i | do) by drawing the causes as they are and putting the target's value in."""
    story = story_named(name, dsprites.FACTORS)
    table, axes = story.log_joint().exp(), [variable.name for variable in story.all]
    own = story.mechanisms[factor]
    shape = [table.shape[i] if a in (*own.parents, factor) else 1 for i, a in enumerate(axes)]
    order = sorted((*own.parents, factor), key=axes.index)
    conditional = own.table.permute([(*own.parents, factor).index(a) for a in order])
    table = table / conditional.reshape(shape)
    place = axes.index(factor)
    only = torch.zeros_like(table)
    only.select(place, value).copy_(table.select(place, value))
    return marginals(only.flatten(5).sum(-1) if story.hidden else only)


def marginals(table):
    return {n: table.sum([k for k in range(5) if k != i]) for i, n in enumerate(NAMES)}


def assert_same(found, wanted):
    for name in NAMES:
        torch.testing.assert_close(found[name], wanted[name], atol=1e-12, rtol=1e-9)


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("given", [{"scale": 0}, {"shape": 2, "posX": 5}, {"posY": 31, "posX": 0}])
def test_seeing_is_what_enumeration_says(name, given):
    story = story_named(name, dsprites.FACTORS)
    assert_same(population_law(story, given, {}), seen(name, given))


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("do", [{"scale": 0}, {"orientation": 10}, {"posX": 5}])
def test_doing_is_what_enumeration_says(name, do):
    story = story_named(name, dsprites.FACTORS)
    assert_same(population_law(story, {}, settings(do)), done(name, *next(iter(do.items()))))


@pytest.mark.parametrize(("cause", "told"), [("scale", "orientation"), ("orientation", "scale")])
def test_seeing_and_doing_differ_between_siblings_of_the_default_story(cause, told):
    """Both hang on shape: seeing one tells of the other, doing it does not."""
    story = story_named("default", dsprites.FACTORS)
    see = population_law(story, {cause: 0}, {})[told]
    do = population_law(story, {}, settings({cause: 0}))[told]
    torch.testing.assert_close(see, seen("default", {cause: 0})[told], atol=1e-12, rtol=1e-9)
    torch.testing.assert_close(do, marginals(joint("default"))[told], atol=1e-12, rtol=1e-9)
    assert (see - do).abs().sum() / 2 > 0.1
