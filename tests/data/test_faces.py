import networkx as nx
import numpy as np
import pytest
import torch

from causal_explorer.data import faces
from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.face_renderer import render
from causal_explorer.data.faces import VARIABLES, Population

NAMES = [variable.name for variable in VARIABLES]
MIDDLE = [(q.low + q.high) / 2 for q in faces.HIDDEN]
UNIT = np.array([[0, 0, 1, 0, 0, 0, 0, 0, *MIDDLE]])


def changed(**values):
    found = UNIT.copy()
    for name, value in values.items():
        found[0, [*NAMES, *(q.name for q in faces.HIDDEN)].index(name)] = value
    return found


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_the_correlation_is_the_one_that_was_set(rho):
    """Of two balanced binary variables; within 5 standard errors."""
    units = Population(rho, 20_000, 3).draw()
    male = units[:, NAMES.index("Male")]
    assert np.corrcoef(units[:, 0], male)[0, 1] == pytest.approx(rho, abs=5 / 20_000**0.5)
    assert units[:, 0].mean() == pytest.approx(0.5, abs=5 * 0.5 / 20_000**0.5)


def test_no_covariate_is_a_descendant_of_the_treatment():
    graph = Population(0.9).story().graph
    assert not nx.descendants(graph, NAMES[0]) & set(faces.COVARIATES)


def test_what_no_label_names_is_independent_of_all_that_does():
    units = Population(0.9, 5_000, 1).draw()
    found = np.corrcoef(units.T)[: len(VARIABLES), len(VARIABLES) :]
    assert np.abs(found).max() < 5 / 5_000**0.5


@pytest.mark.parametrize("variable", VARIABLES, ids=NAMES)
def test_every_attribute_is_seen(variable):
    pictures = [render(changed(**{variable.name: k}))[0] for k in range(variable.classes)]
    for one in range(variable.classes):
        for other in range(one):
            assert (pictures[one] != pictures[other]).any()


def test_what_is_hidden_is_seen_too():
    base = render(UNIT)[0]
    for quantity in faces.HIDDEN:
        assert (render(changed(**{quantity.name: quantity.high}))[0] != base).any()


def test_glasses_stay_within_their_place():
    bare, worn = (render(changed(Eyeglasses=k))[0].astype(int) for k in (0, 1))
    rows = np.flatnonzero(np.abs(bare - worn).any((1, 2)))
    assert 20 < rows.min() < rows.max() < 44


def test_a_batch_is_drawn_as_one_by_one():
    units = Population(0.5, 100, 2).draw()
    np.testing.assert_array_equal(render(units)[7], render(units[7:8])[0])


def test_the_same_seed_draws_the_same_faces():
    one, two, other = (Population(0.5, 100, seed).draw() for seed in (4, 4, 5))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_pictures_show_their_units():
    dataset = dataset_named({"name": "faces", "rho": 0.9, "units": 100, "seed": 6})
    pictures = dataset.open(torch.device("cpu"))
    v, x = pictures(torch.arange(3))
    drawn = dataset.render(dataset.units(v.numpy(), pictures.hidden[:3]))
    np.testing.assert_allclose(x.movedim(1, -1) * 255, drawn, atol=1e-3)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rho": 1.0}, "rho is 1.0: it takes a number from 0 to 0.99"),
        ({"rho": -0.1}, "rho is -0.1"),
        ({"rho": "high"}, "rho is 'high'"),
        ({"units": 3}, "units is 3"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_are_checked(settings, said):
    with pytest.raises(ValueError, match=said):
        dataset_named({"name": "faces", **settings})


def test_bad_units_are_refused():
    with pytest.raises(ValueError, match="it takes"):
        render(UNIT[:, :5])
    with pytest.raises(ValueError, match="takes 0 to 3"):
        render(changed(Hair_Color=4))
