"""What data sets tell people of their variables."""

import pytest

from causal_explorer.data.dataset import DATASETS, dataset_named

NAMES = sorted(DATASETS)


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_says_what_it_is(name):
    dataset = dataset_named(name)
    for variable in (*dataset.variables, *dataset.hidden):
        assert variable.about.endswith(".")
        assert "_" not in variable.title


@pytest.mark.parametrize("name", NAMES)
def test_suppositions_are_one_a_class(name):
    for variable in dataset_named(name).variables:
        assert len(variable.supposed) in (0, getattr(variable, "classes", 0))
