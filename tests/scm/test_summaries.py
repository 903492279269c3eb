"""What each shipped story says in one breath, clause by clause, by exact laws."""

from itertools import pairwise

import pytest
import torch

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.scm.actions import Set
from causal_explorer.scm.law import joint_law, population_law
from causal_explorer.scm.stories import STORIES, story_named

NAMES = [factor.name for factor in FACTORS]
SQUARE, ELLIPSE, HEART = range(3)


def mean(story, name, given=None, do=None):
    """E[name | given] or E[name | do], in classes."""
    law = population_law(story, given or {}, {k: Set(v) for k, v in (do or {}).items()})[name]
    return float(law @ torch.arange(len(law), dtype=law.dtype))


def share(story, name, classes, given):
    """P(name is one of these | given)."""
    return float(population_law(story, given, {})[name][list(classes)].sum())


def grows(numbers, least=0.5):
    return all(b - a > least for a, b in pairwise(numbers))


def falls(numbers, least=0.5):
    return grows([-n for n in numbers], least)


def of_each_shape(story, name):
    return [mean(story, name, {"shape": k}) for k in (SQUARE, ELLIPSE, HEART)]


UPRIGHT = {*range(37, 40), *range(3)}
CORNER = range(2, 9)  # about an eighth of a turn
LEFT = range(1, 20)  # up to half a turn, counter-clockwise


def hearts_large(story):
    return mean(story, "scale", {"shape": HEART}) > 3.5


def set_moves(cause, effect, values, way):
    return lambda story: way([mean(story, effect, do={cause: k}) for k in values])


def correlation(story, a, b):
    """Of the classes of two ordered factors as they are seen."""
    p = joint_law(story, a, b)
    x, y = (torch.arange(n, dtype=p.dtype) for n in p.shape)
    x, y = x - p.sum(1) @ x, y - p.sum(0) @ y
    return float(x @ p @ y / ((p.sum(1) @ x**2) * (p.sum(0) @ y**2)).sqrt())


def is_default(check):
    return lambda story: check(story_named("default", FACTORS))


CLAUSES = {
    "default": {
        "Hearts grow large": hearts_large,
        "and stand upright": lambda s: share(s, "orientation", UPRIGHT, {"shape": HEART}) > 0.6,
        "ellipses are middling": lambda s: abs(mean(s, "scale", {"shape": ELLIPSE}) - 2.5) < 0.1,
        "and lean left": lambda s: share(s, "orientation", LEFT, {"shape": ELLIPSE}) > 0.6,
        "squares stay small": lambda s: mean(s, "scale", {"shape": SQUARE}) < 1.5,
        "and on a corner": lambda s: share(s, "orientation", CORNER, {"shape": SQUARE}) > 0.6,
        "a sprite drifts to the side it leans to": set_moves(
            "orientation", "posX", (10, 0, 29), grows
        ),
        "and big sprites sink": set_moves("scale", "posY", range(6), grows),
    },
    "independent": {
        "Nothing causes anything": lambda s: not s.graph.edges,
        "every factor is drawn by itself": lambda s: all(
            torch.allclose(
                population_law(s, {a: 0}, {})[b], population_law(s, {}, {})[b], atol=1e-12
            )
            for a in NAMES
            for b in NAMES
            if a != b
        ),
        "all classes alike": lambda s: all(
            float(law.max() - law.min()) < 1e-12 for law in population_law(s, {}, {}).values()
        ),
    },
    "chain": {
        "One thing leads to the next": lambda s: list(s.graph.edges) == list(pairwise(NAMES)),
        "hearts are large": hearts_large,
        "large sprites turn": lambda s: share(s, "orientation", range(12, 19), {"scale": 5}) > 0.6,
        "small ones stand upright": lambda s: share(s, "orientation", UPRIGHT, {"scale": 0}) > 0.6,
        "turned sprites move right": set_moves("orientation", "posX", (0, 5, 10, 15), grows),
        "and what moves right rises": set_moves("posX", "posY", range(0, 32, 4), falls),
    },
    "confounded": {
        "Simpson's paradox": lambda s: (
            mean(s, "posY", {"scale": 5}) > mean(s, "posY", {"scale": 0}) + 5
            and all(
                mean(s, "posY", {"scale": 5, "shape": k})
                < mean(s, "posY", {"scale": 0, "shape": k}) - 5
                for k in range(3)
            )
        ),
        "in a world where growing lifts a sprite": set_moves("scale", "posY", range(6), falls),
        "whatever its shape": lambda s: all(
            falls([mean(s, "posY", do={"shape": k, "scale": j}) for j in range(6)])
            for k in range(3)
        ),
        "(in the default story it sinks one)": is_default(
            set_moves("scale", "posY", range(6), grows)
        ),
        "but hearts are large and lie low, squares small and high": lambda s: (
            grows(of_each_shape(s, "scale")) and grows(of_each_shape(s, "posY"), 5)
        ),
        "so that in the crowd large sprites lie lower": lambda s: (
            correlation(s, "scale", "posY") > 0.3
        ),
    },
    "shared-cause": {
        "A hidden wind": lambda s: [v.name for v in s.hidden] == ["wind"],
        "blows sprites along a diagonal": lambda s: correlation(s, "posX", "posY") < -0.5,
        "posX tells of posY": lambda s: falls(
            [mean(s, "posY", {"posX": k}) for k in range(4, 28, 4)]
        ),
        "but moving a sprite sideways does not lift it": lambda s: all(
            abs(mean(s, "posY", do={"posX": k}) - mean(s, "posY")) < 1e-9 for k in range(32)
        ),
    },
}
EVERY = [(name, clause) for name, clauses in CLAUSES.items() for clause in clauses]


@pytest.mark.parametrize("name", STORIES)
def test_every_clause_of_a_summary_has_a_check(name):
    rest = story_named(name, FACTORS).summary
    for clause in CLAUSES[name]:
        assert clause in rest
        rest = rest.replace(clause, "", 1)
    assert not rest.strip(" ,;:."), f"no check says that {rest}"


@pytest.mark.parametrize(("name", "clause"), EVERY)
def test_a_clause_of_a_summary_holds(name, clause):
    assert CLAUSES[name][clause](story_named(name, FACTORS))


def test_every_link_of_the_chain_carries_the_first_cause_to_the_last():
    """An even function of a symmetric shift would end it: do(scale = 0) as do(scale = 5)."""
    story = story_named("chain", FACTORS)
    assert mean(story, "posX", do={"scale": 0}) == pytest.approx(7.66, abs=0.01)
    assert mean(story, "posX", do={"scale": 5}) == pytest.approx(21.28, abs=0.01)
    for cause, values in (("shape", range(3)), ("scale", range(6))):
        assert set_moves(cause, "posX", values, grows)(story)
        assert set_moves(cause, "posY", values, falls)(story)


@pytest.mark.parametrize("name", STORIES)
def test_no_shipped_edge_is_without_effect(name):
    """Setting a cause to some class moves the law of its effect."""
    story = story_named(name, FACTORS)
    classes = {variable.name: variable.classes for variable in story.all}
    for cause, effect in story.graph.edges:
        laws = [population_law(story, {}, {cause: Set(k)})[effect] for k in range(classes[cause])]
        if cause not in {v.name for v in story.hidden}:
            assert max(float((law - laws[0]).abs().sum()) for law in laws) / 2 > 0.3
