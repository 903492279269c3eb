import numpy as np
import pytest
import torch

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
