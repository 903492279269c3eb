import numpy as np
import pytest
import torch

from causal_explorer.scm.mechanisms import mechanism


@pytest.mark.parametrize(
    ("parents", "rows", "sentence"),
    [
        ((), [0.5, 0.5, 0.0], "must stay possible"),
        ((), [0.5, np.nan, 0.5], "not a positive number"),
        ((), [0.5, 0.2], "does not sum to 1"),
        (("a",), [0.5, 0.5], "one axis for each parent"),
    ],
)
def test_bad_tables_are_refused(parents, rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        mechanism(parents, rows)


def narrow(dtype, *shape):
    """Rows that were normalised in their own type, as a network or a table of counts gives them."""
    counts = np.random.default_rng(0).integers(1, 100, shape).astype(dtype)
    return counts / counts.sum(-1, keepdims=True, dtype=dtype)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("classes", [2, 3, 40])
def test_rows_of_a_narrow_type_sum_to_1_within_its_rounding(dtype, classes):
    rows = narrow(dtype, 500, classes)
    assert np.abs(rows.astype(float).sum(-1) - 1).max() > 1e-9, "else it would say nothing"
    table = mechanism(("a",), rows).table.numpy()
    np.testing.assert_allclose(table.sum(-1), 1, rtol=0, atol=1e-14)
    np.testing.assert_allclose(table, rows, rtol=classes * np.finfo(dtype).eps)


def test_a_tensor_is_an_array():
    rows = torch.softmax(torch.randn(50, 32, generator=torch.Generator().manual_seed(0)), 1)
    assert mechanism(("a",), rows).table.sum(1) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize(("dtype", "most"), [(np.float16, 2e-3), (np.float32, 3e-7)])
def test_more_than_rounding_is_refused(dtype, most):
    for off in (2 * most, -2 * most):
        with pytest.raises(ValueError, match="does not sum to 1"):
            mechanism((), np.array([0.5, 0.5 + off], dtype))
    with pytest.raises(ValueError, match="does not sum to 1"):
        mechanism((), [0.5, 0.5 + most])
    with pytest.raises(ValueError, match="does not sum to 1"):
        mechanism((), narrow(dtype, 500, 40).astype(float)[0])


def test_the_smallest_probability_may_be_rounded_too():
    table = mechanism((), np.array([1e-9, 1 - 1e-9], np.float32)).table
    assert table.tolist() == pytest.approx([1e-9, 1 - 1e-9], rel=1e-9)
    with pytest.raises(ValueError, match="must stay possible"):
        mechanism((), np.array([9e-10, 1], np.float32))


@pytest.mark.parametrize(
    "rows",
    [
        torch.tensor([0.5, 0.5], dtype=torch.bfloat16),
        torch.tensor([0.5, 0.5], requires_grad=True),
        np.float32(0.5),
        np.zeros(0, np.float32),
        np.zeros((3, 0), np.float32),
    ],
)
def test_what_is_no_table_is_one_sentence(rows):
    with pytest.raises(ValueError, match="table") as found:
        mechanism((), rows)
    assert "\n" not in str(found.value)
