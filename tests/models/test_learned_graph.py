import numpy as np
import pytest
import torch

from causal_explorer.models.learned_graph import LearnedGraph


def units(count: int) -> torch.Tensor:
    """u_0 and u_1 apart, u_2 := their product with a little noise: a collider."""
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(count, 3, generator=generator) * 3.4 - 1.7
    u[:, 2] = u[:, 0] * u[:, 1] + 0.05 * torch.randn(count, generator=generator)
    return u


def test_it_starts_from_zeros_with_every_edge_undecided():
    graph = LearnedGraph(4)
    assert (graph.logits == 0).all()
    off = graph.edges[~torch.eye(4, dtype=torch.bool)]
    assert (off == 0.5).all()
    assert (graph.edges.diagonal() == 0).all()
    assert not graph.adjacency.any()


def test_cycles_cost_and_acyclic_edges_do_not():
    graph = LearnedGraph(3)
    with torch.no_grad():
        graph.logits.fill_(-40)
        graph.logits[0, 1] = graph.logits[1, 2] = 40
        assert float(graph.cycles) == pytest.approx(0, abs=1e-5)
        graph.logits[2, 0] = 40
        assert float(graph.cycles) > 0.1


def test_the_expected_score_is_that_of_bernoulli_edges():
    """The closed form against a mean over drawn graphs, within five standard errors."""
    torch.manual_seed(0)
    graph = LearnedGraph(3).eval()
    graph.progress = 1.0
    with torch.no_grad():
        graph.logits.copy_(torch.randn(3, 3))
        graph._scores.copy_(torch.randn(3, 8))
        p = graph.edges
        drawn = torch.rand(20_000, 3, 3) < p
        codes = (drawn.transpose(1, 2) * torch.tensor([4, 2, 1])).sum(2)  # of each effect's causes
        scores = graph._scores[torch.arange(3), codes].sum(1)
        each = scores + 0.25 * drawn.sum((1, 2))
        multipliers = graph._multipliers
        penalty = multipliers[0] * graph.cycles + 0.5 * multipliers[1] * graph.cycles**2
        error = float(each.std()) / len(each) ** 0.5
        found = float(graph._objective() - penalty)
        assert found == pytest.approx(float(each.mean()), abs=5 * error)


def test_a_mechanism_reads_the_causes_that_its_mask_leaves_and_no_others():
    torch.manual_seed(0)
    graph = LearnedGraph(3)
    u, other = torch.randn(2, 5, 3).unbind()
    mask = torch.zeros(5, 3, 3)
    mask[:, 0, 1] = 1  # 1 causes 0
    mixed = torch.stack([u[:, 0], u[:, 1], other[:, 2]], dim=1)
    assert torch.equal(graph.log_prob(u, mask)[:, 0], graph.log_prob(mixed, mask)[:, 0])
    assert not torch.equal(graph.log_prob(u, mask)[:, 2], graph.log_prob(mixed, mask)[:, 2])


def test_causes_that_meet_in_an_effect_are_found():
    torch.manual_seed(0)
    graph, u = LearnedGraph(3), units(4_000)
    graph.know(u)
    steps = 2_000
    rates = [
        {"params": [graph.logits], "lr": 0.03},
        {"params": graph.mechanisms.parameters(), "lr": 0.005},
    ]
    optimiser = torch.optim.Adam(rates)
    for step in range(steps):
        graph.begin(step / steps, step)
        fit, edges = graph.loss(u[:1])
        optimiser.zero_grad()
        (fit + (edges if step > 0.4 * steps else 0 * edges)).backward()
        optimiser.step()
    np.testing.assert_array_equal(graph.adjacency, [[0, 0, 1], [0, 0, 1], [0, 0, 0]])
    assert graph.history[0].max() == 0.5
    assert float(graph.cycles.detach()) < 0.05
