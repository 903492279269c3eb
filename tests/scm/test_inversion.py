import torch

from causal_explorer.scm.inversion import invert


def test_each_lot_falls_into_its_share():
    probabilities = torch.tensor([0.25, 0.0, 0.5, 0.25], dtype=torch.float64)
    lots = torch.tensor([0.0, 0.2499, 0.25, 0.7499, 0.75, 1 - 2**-53], dtype=torch.float64)
    assert invert(probabilities, lots).tolist() == [0, 0, 2, 2, 3, 3]


def test_rows_need_not_sum_to_one_and_keep_to_themselves():
    rows = torch.tensor([[1.0, 3.0], [3.0, 1.0]], dtype=torch.float64)
    lots = torch.full((2, 1), 0.5, dtype=torch.float64)
    assert invert(rows, lots).tolist() == [[1], [0]]


def test_rounding_never_leads_past_the_last_class():
    thirds = torch.full((3,), 1 / 3, dtype=torch.float64)
    last = torch.tensor([1.0], dtype=torch.float64)
    assert invert(thirds, last).tolist() == [2]
