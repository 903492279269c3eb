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


def test_the_most_that_two_graphs_differ_by_is_a_pair_of_nodes_each():
    rng = np.random.default_rng(0)
    full = np.triu(np.ones((5, 5), bool), 1)
    assert structural_hamming_distance(full, full.T) == 10
    assert structural_hamming_distance(full, np.zeros((5, 5))) == 10
    order = rng.permutation(5)
    one, other = full * (rng.random((2, 5, 5)) < 0.5)
    found = structural_hamming_distance(one, other)
    assert structural_hamming_distance(other, one) == found
    moved = (graph[np.ix_(order, order)] for graph in (one, other))
    assert structural_hamming_distance(*moved) == found


def test_graphs_of_another_size_are_refused():
    for other in (np.zeros((2, 2)), np.zeros((3, 2)), np.zeros(3)):
        with pytest.raises(ValueError, match="both take"):
            structural_hamming_distance(TRUE, other)


@pytest.mark.parametrize("entry", [0.3, 2, -1, np.nan])
def test_entries_other_than_0_and_1_are_refused(entry):
    weighted = TRUE.astype(float)
    weighted[0, 1] = entry
    for pair in ((weighted, TRUE), (TRUE, weighted)):
        with pytest.raises(ValueError, match="entries of 0 and 1"):
            structural_hamming_distance(*pair)


def test_an_edge_from_a_node_to_itself_is_refused():
    with pytest.raises(ValueError, match="no edge from a node to itself"):
        structural_hamming_distance(np.eye(3), TRUE)
