import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.inference import arguments
from causal_explorer.inference.arguments import as_array, parse_values


class Broken:
    def __array__(self, *_, **__):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Broken(), "values is a Broken that is no array of numbers"),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), "values is masked in part"),
        ([np.ma.array([1.0], mask=[True])], "values is masked in part"),
        (None, "values is None: it takes an array of numbers"),
        ([[1.0], [1.0, 2.0]], "values is a list that is no array of numbers"),
    ],
)
def test_what_is_no_array_is_refused_in_one_sentence(value, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        as_array(value, "values")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.uint8])
def test_a_tensor_is_an_array(dtype):
    tensor = torch.ones(3, dtype=dtype)
    assert as_array(tensor, "values").tolist() == [1, 1, 1]
    if dtype.is_floating_point:
        assert parse_values(tensor.requires_grad_()).tolist() == [1, 1, 1]


def test_numbers_and_labels_are_understood():
    given = {"shape": "heart", "posX": np.int64(31)}
    assert arguments.parse_classes(given, dsprites.FACTORS, "do") == {"shape": 2, "posX": 31}
    assert arguments.parse_classes(None, dsprites.FACTORS, "do") == {}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"color": 1}, "do names the unknown factor 'color': it takes shape, scale"),
        ({"Shape": 1}, "unknown factor 'Shape'"),
        ({3: 1}, "unknown factor 3"),
        ({"scale": 6}, "scale=6 is not a class of scale: it takes a whole number from 0 to 5"),
        ({"scale": "large"}, "scale='large' is not a class"),
        ({"shape": "Heart"}, "or one of square, ellipse, heart"),
        ({"posX": 0.5}, "posX=0.5 is not a class"),
        ({"posX": float("nan")}, "posX=nan is not a class"),
        ([("shape", 1)], "do is a list: it takes a dict"),
        ("shape", "do is a str: it takes a dict"),
    ],
)
def test_bad_classes_are_refused_in_one_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        arguments.parse_classes(given, dsprites.FACTORS, "do")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [0, -1, 101, 1.0, "5", None, True, float("nan")])
def test_counts_out_of_bounds_are_refused(value):
    with pytest.raises(ValueError, match="samples is .*: it takes a whole number from 1 to 100"):
        arguments.parse_count(value, "samples", 1, 100)
