"""What data sets tell people of their variables."""

from inspect import signature

import pytest
import torch

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


SETTINGS = {  # two values of each setting, one after the other through whatever is remembered
    ("treatment", "strength"): (0.0, 5.0),
    ("treatment", "noise"): (0.0, 0.3),
    ("treatment", "units"): (50, 60),
    ("treatment", "seed"): (0, 1),
    ("faces", "rho"): (0.0, 0.9),
    ("faces", "units"): (100, 110),
    ("faces", "seed"): (0, 1),
    ("cevae-synthetic", "units"): (50, 60),
    ("cevae-synthetic", "seed"): (0, 1),
}
FEW = {"units": 100}


def pictures(name, key, value):
    opened = dataset_named({"name": name, **FEW, key: value}).open(torch.device("cpu"))
    v, x = opened(torch.arange(len(opened.v)))
    return v, x, torch.from_numpy(opened.hidden)


def same(a, b):
    return all(p.shape == q.shape and p.equal(q) for p, q in zip(a, b, strict=True))


@pytest.mark.parametrize(("name", "key"), SETTINGS)
def test_every_setting_makes_other_data_and_is_remembered_as_such(name, key):
    one, other = SETTINGS[name, key]
    first, second, again = (pictures(name, key, value) for value in (one, other, one))
    assert same(first, again)
    assert not same(first, second)


def test_the_noise_of_a_trial_is_on_its_pictures_and_nowhere_else():
    (v, x, hidden), (v_noisy, noisy, hidden_noisy) = (
        pictures("treatment", "noise", noise) for noise in (0.0, 0.3)
    )
    assert v.equal(v_noisy)
    assert hidden.equal(hidden_noisy)
    assert x[..., 32:].equal(noisy[..., 32:]), "after the treatment there is none"
    assert (x[..., :32] - noisy[..., :32]).abs().mean() > 0.1


def test_every_setting_there_is_was_tried():
    """But CelebA's, whose files are the user's."""
    known = {(name, key) for name, make in DATASETS.items() for key in signature(make).parameters}
    assert known - {("celeba", "folder"), ("celeba", "count")} == set(SETTINGS)


@pytest.mark.parametrize("name", ["faces", "treatment", "cevae-synthetic"])
def test_a_float_is_no_number_of_units_though_the_whole_number_was_made_before(name):
    assert dataset_named({"name": name, "units": 100}) is dataset_named(
        {"name": name, "units": 100}
    )
    with pytest.raises(ValueError, match=r"units is 100\.0: it takes a whole number"):
        dataset_named({"name": name, "units": 100.0})


@pytest.mark.parametrize("value", [True, None, [1], {"a": 1}])
def test_a_setting_of_another_type_is_one_sentence(value):
    with pytest.raises(ValueError, match="setting seed of the data set faces is .* or a text"):
        dataset_named({"name": "faces", "seed": value})
