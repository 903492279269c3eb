import pytest
import torch
from torch import nn

from train.natural import NaturalGradient


def quadratic(information, steps, rate=0.05, batch=16):
    """Learns a mean of 0 from noisy pictures of it, whose directions tell very unevenly."""
    generator = torch.Generator().manual_seed(0)
    turn = torch.linalg.qr(torch.randn(4, 4, generator=generator).double())[0]
    fisher = turn @ torch.diag(torch.tensor(information).double()) @ turn.T
    root = torch.linalg.cholesky(fisher)
    weight = nn.Parameter(turn @ (5 / torch.tensor(information).double().sqrt()))
    natural = NaturalGradient([weight], batch)
    for step in range(steps):
        noise = root @ torch.randn(4, batch, generator=generator).double()
        weight.grad = fisher @ weight.detach() + noise.mean(1)
        gradient = natural.observe()
        if step >= 300:
            natural.step(gradient, rate)
    return turn.T @ weight.detach(), (turn.T @ natural.fisher @ turn).diagonal()


def test_weak_directions_are_learned_as_fast_as_strong_ones():
    """What a batch tells of a weight is known to 1 / √information, however little that is."""
    information = torch.tensor([1e4, 1.0, 1e-1, 1e2]).double()
    known = [
        quadratic(information.tolist(), steps)[0] * information.sqrt() for steps in (700, 1_500)
    ]
    assert (known[0].max() - known[0].min()) < 0.2, "they fall together"
    assert 0.5 < known[0].mean() < 2
    assert known[1].abs().max() < 0.1
    _, fisher = quadratic(information.tolist(), 4_000)
    torch.testing.assert_close(fisher, information, rtol=0.15, atol=0)


def test_what_all_batches_agree_on_is_no_noise():
    weight = nn.Parameter(torch.zeros(2).double())
    natural = NaturalGradient([weight], 1)
    generator = torch.Generator().manual_seed(0)
    for _ in range(2_000):
        weight.grad = torch.tensor([100.0, -100.0]) + torch.randn(2, generator=generator).double()
        natural.observe()
    torch.testing.assert_close(natural.fisher, torch.eye(2).double(), atol=0.2, rtol=0)


def test_it_is_ready_once_it_has_seen_enough():
    weight = nn.Parameter(torch.zeros(3).double())
    natural = NaturalGradient([weight], 4)
    ready = []
    for _ in range(8):
        ready.append(natural.ready)
        weight.grad = torch.randn(3).double()
        natural.observe()
    assert ready == [False] * 6 + [True] * 2
    assert not NaturalGradient([], 4).ready


def test_a_parameter_stays_put_until_its_start():
    early, late = (nn.Parameter(torch.zeros(2).double()) for _ in range(2))
    natural = NaturalGradient([early, late], 4, starts=[0.0, 0.5])
    generator = torch.Generator().manual_seed(0)
    for step in range(100):
        for parameter in (early, late):
            parameter.grad = torch.randn(2, generator=generator).double()
        natural.step(natural.observe(), 0.1, progress=step / 200)
    assert early.ne(0).all()
    assert late.eq(0).all()
    natural.step(natural.observe(), 0.1, progress=0.5)
    assert late.ne(0).all()


def test_a_step_has_a_longest_length():
    weight = nn.Parameter(torch.zeros(3).double())
    natural = NaturalGradient([weight], 4)
    generator = torch.Generator().manual_seed(0)
    for _ in range(500):
        weight.grad = torch.randn(3, generator=generator).double()
        natural.observe()
    natural.step(torch.tensor([1e9, 0.0, 0.0]).double(), 1.0)
    assert weight.detach().norm() < 2
    assert weight[0] < -0.1


def test_what_no_gradient_touches_stays_put():
    used, unused, noise = (nn.Parameter(torch.ones(2).double()) for _ in range(3))
    natural = NaturalGradient([used, unused, noise], 4)
    for step in range(60):
        noise.grad = 1e-17 * torch.randn(2).double()  # rounding
        used.grad = torch.tensor([1.0, float(step % 3)]).double()
        natural.step(natural.observe(), 0.1)
    assert unused.eq(1).all()
    assert noise.eq(1).all()
    assert used.ne(1).any()


def test_more_numbers_than_it_takes_are_refused():
    with pytest.raises(ValueError, match="names 5,000 numbers: natural gradient takes 4,096"):
        NaturalGradient([nn.Parameter(torch.zeros(5_000).double())], 4)


def test_a_restored_one_goes_on_alike():
    ways = []
    for again in (False, True):
        weight = nn.Parameter(torch.zeros(3).double())
        natural = NaturalGradient([weight], 4)
        generator = torch.Generator().manual_seed(0)
        for step in range(120):
            if again and step == 70:
                saved = {
                    k: v.clone() if k != "seen" else v for k, v in natural.state_dict().items()
                }
                natural = NaturalGradient([weight], 4)
                natural.load_state_dict(saved)
            weight.grad = torch.randn(3, generator=generator).double()
            natural.step(natural.observe(), 0.1)
        ways.append(weight.detach().clone())
    assert ways[0].equal(ways[1])
    assert ways[0].ne(0).all()
