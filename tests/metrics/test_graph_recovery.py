import numpy as np
import pytest

from causal_explorer.metrics.graph_recovery import structural_hamming_distance

TRUE = np.array([[0, 1, 1], [0, 0, 0], [0, 0, 0]])


def test_the_same_graph_is_at_no_distance():
    assert structural_hamming_distance(TRUE, TRUE) == 0


def test_missing_additional_and_turned_edges_count_once_each():
    missing, turned, more = TRUE.copy(), TRUE.copy(), TRUE.copy()
    missing[0, 1] = 0
    turned[0, 1], turned[1, 0] = 0, 1
    more[1, 2] = 1
    for other in (missing, turned, more):
        assert structural_hamming_distance(other, TRUE) == 1
    assert structural_hamming_distance(np.zeros((3, 3)), TRUE) == 2


def test_graphs_of_another_size_are_refused():
    with pytest.raises(ValueError, match="both take"):
        structural_hamming_distance(TRUE, np.zeros((2, 2)))
