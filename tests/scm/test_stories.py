import itertools

import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.scm.stories import STORIES, story_named

NAMES = [factor.name for factor in dsprites.FACTORS]
AXIS = {name: i for i, name in enumerate(NAMES)}


def story(name):
    return story_named(name, dsprites.FACTORS)


def marginal(joint, *names):
    table = joint.sum([i for i in range(5) if NAMES[i] not in names])
    order = sorted(names, key=AXIS.__getitem__)
    return table.permute([order.index(name) for name in names])


def mutual_information(table):
    p = table / table.sum()
    return float((p * (p / (p.sum(0, keepdim=True) * p.sum(1, keepdim=True))).log()).sum())


@pytest.mark.parametrize("name", STORIES)
def test_every_class_stays_possible_and_all_sum_to_one(name):
    joint = story(name).log_joint().exp()
    hidden = tuple(variable.classes for variable in story(name).hidden)
    assert tuple(joint.shape) == dsprites.DIMENSIONS + hidden
    assert joint.min() > 0
    assert float(joint.sum()) == pytest.approx(1)


def rows(values, mean, spread):
    """Normal densities at the class numbers, a thousandth of each spread evenly."""
    row = np.exp(-0.5 * ((np.arange(values) - np.array(mean)[:, None]) / spread) ** 2)
    return 0.999 * row / row.sum(1, keepdims=True) + 0.001 / values


def test_default_tables_are_the_class_projects():
    """Written out in plain numbers, as they were before stories were files."""
    angles = np.array(dsprites.FACTORS[2].values)
    turned = [
        k * np.cos(angles - mean) for mean, k in ((np.pi / 4, 4.0), (np.pi / 2, 2.0), (0.0, 4.0))
    ]
    turned = np.exp(turned) / np.exp(turned).sum(1, keepdims=True)
    expected = {
        "shape": np.full(3, 1 / 3),
        "scale": rows(6, [1.0, 2.5, 4.0], 1.0),
        "orientation": 0.999 * turned + 0.001 / 40,
        "posX": rows(32, 15.5 - 11.0 * np.sin(angles), 3.0),
        "posY": rows(32, 5.0 + 21.0 * np.arange(6) / 5, 3.0),
    }
    for name, table in expected.items():
        np.testing.assert_allclose(story("default").mechanisms[name].table, table, atol=1e-12)


def test_default_graph_is_the_class_projects():
    edges = {
        ("shape", "orientation"),
        ("shape", "scale"),
        ("orientation", "posX"),
        ("scale", "posY"),
    }
    assert set(story("default").graph.edges) == edges
    assert not story("independent").graph.edges


@pytest.mark.parametrize(("cause", "effect"), sorted(story("default").graph.edges))
def test_every_edge_of_the_default_story_is_strong_enough_to_see(cause, effect):
    joint = story("default").log_joint().exp()
    assert mutual_information(marginal(joint, cause, effect)) > 0.1


def test_default_non_edges_are_independent_given_the_parents():
    """The Markov property: given shape, {orientation, posX} says nothing of {scale, posY}."""
    joint = story("default").log_joint().exp()
    for pair in itertools.product(("orientation", "posX"), ("scale", "posY")):
        for shape in range(3):
            assert mutual_information(marginal(joint[shape : shape + 1], *pair)) < 1e-9


def test_the_independent_story_is_uniform():
    joint = story("independent").log_joint().exp()
    torch.testing.assert_close(joint, torch.full_like(joint, 1 / dsprites.COUNT))


def test_the_summary_tells_the_tables():
    """Hearts large and upright, squares small, left-leaning sprites left, big ones low."""
    joint = story("default").log_joint().exp()
    scale = (marginal(joint, "shape", "scale") * 3) @ torch.arange(6.0, dtype=torch.float64)
    assert scale[0] < scale[1] < scale[2]
    assert marginal(joint, "shape", "orientation")[2].argmax() in (0, 39)
    column = torch.arange(32.0, dtype=torch.float64)
    drift = marginal(joint, "orientation", "posX")
    drift = drift @ column / drift.sum(1)
    assert drift[10] < 8 < 23 < drift[29], "a quarter turn left goes left"
    sink = marginal(joint, "scale", "posY")
    assert (sink @ column / sink.sum(1)).diff().gt(0).all()


def test_an_unknown_story_is_refused():
    with pytest.raises(
        ValueError, match="story='folk' is unknown: it takes a .toml file, or one of default, indep"
    ):
        story_named("folk", dsprites.FACTORS)
