import pyro.distributions as dist
import pytest
import torch

from causal_explorer.models.window import BACKGROUND, WindowedBernoulli


@pytest.fixture
def windowed():
    torch.manual_seed(0)
    corner = torch.tensor([[0, 0], [32, 32], [5, 17]])
    return WindowedBernoulli(torch.randn(3, 32, 32), corner)


def test_outside_the_window_is_dark(windowed):
    dark = torch.sigmoid(torch.tensor(BACKGROUND))
    mean = windowed.mean
    assert mean.shape == (3, 64, 64)
    assert mean[1, :32].eq(dark).all()
    assert mean[2, 5:37, 17:49].equal(windowed.logits[2].sigmoid())
    assert mean.eq(dark).flatten(1).sum(1).eq(64 * 64 - 32 * 32).all()


def test_log_prob_is_that_of_independent_bernoulli_pixels(windowed):
    """The oracle is Pyro's Bernoulli on the whole canvas, pixels outside the window included."""
    x = torch.bernoulli(torch.full((3, 64, 64), 0.3))
    full = dist.Bernoulli(windowed.mean.double()).to_event(2).log_prob(x.double())
    torch.testing.assert_close(windowed.log_prob(x).double(), full, rtol=1e-5, atol=1e-2)
    assert windowed.log_prob(x.to(torch.uint8)).equal(windowed.log_prob(x))


def test_samples_are_pictures_with_the_right_mean(windowed):
    torch.manual_seed(1)
    drawn = windowed.sample((4_000,))
    assert drawn.shape == (4_000, 3, 64, 64)
    error = (drawn.mean(0) - windowed.mean).abs()
    assert error.le(6 * (windowed.mean * (1 - windowed.mean) / 4_000).sqrt() + 1 / 4_000).all()


def test_gradients_reach_every_logit(windowed):
    logits = windowed.logits.requires_grad_()
    again = WindowedBernoulli(logits, torch.tensor([[0, 0], [32, 32], [5, 17]]))
    again.log_prob(torch.zeros(3, 64, 64)).sum().backward()
    assert logits.grad is not None
    assert logits.grad.ne(0).all()


def test_another_batch_shape_is_refused(windowed):
    assert windowed.expand(torch.Size([3])) is windowed
    with pytest.raises(NotImplementedError):
        windowed.expand(torch.Size([2, 3]))
