from dataclasses import replace

import numpy as np
import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.sample import sample

FACES = {"name": "faces", "units": 300}


@pytest.mark.parametrize("spec", ["pendulum", FACES])
def test_the_units_are_those_that_opening_the_data_set_draws(spec):
    dataset = dataset_named(spec)
    units, x = sample(dataset, "test", 20, seed=3, split_seed=1)
    pictures = dataset.open(torch.device("cpu"))
    rows = np.random.default_rng(3).choice(pictures.rows("test", 1), 20)
    v, drawn = pictures(torch.from_numpy(rows))
    np.testing.assert_allclose(units[:, : v.shape[1]], v, rtol=1e-6)
    assert torch.equal(x, drawn)


def test_no_other_picture_is_rendered():
    rendered = []
    dataset = dataset_named(FACES)

    def counted(units):
        rendered.append(len(units))
        return dataset.render(units)

    sample(replace(dataset, render=counted, open=None), "test", 7, seed=0)
    assert rendered == [7]


def test_pictures_of_files_are_opened():
    dataset = replace(dataset_named(FACES), table=None)
    units, x = sample(dataset, "test", 5, seed=0)
    assert units.shape == (5, len(dataset.variables))
    assert x.shape == (5, 3, 64, 64)


@pytest.mark.parametrize("name", ["faces", "treatment"])
@pytest.mark.parametrize("split", ["test", "validation"])
@pytest.mark.parametrize("split_seed", [0, 1])
def test_a_sample_is_of_the_split_that_its_seed_makes(name, split, split_seed):
    """By a number that no two units share: a tone of skin, or a height."""
    dataset = dataset_named({"name": name, "units": 300})
    pictures = dataset.open(torch.device("cpu"))
    rows = pictures.rows(split, split_seed)
    found, _ = sample(dataset, split, 40, 0, split_seed)
    marks = pictures.hidden[:, -1] if name == "faces" else pictures.v[:, 1].double().numpy()
    column = found[:, -1] if name == "faces" else found[:, 1]
    assert np.isin(column, marks[rows]).all()
    assert not np.isin(column, np.delete(marks, rows)).any()
