import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from causal_explorer.metrics.importance import Importance, bound, importance

NOISE = 0.5  # sd of x given z; z ~ N(0, 1), so x ~ N(0, 1.25)
TRUTH = Normal(0.0, math.sqrt(1 + NOISE**2))


def pictures(count=200):
    return TRUTH.sample((count,)) if torch.manual_seed(0) else None


def weigher(q):
    """log p(x, z) - log q(z | x) of the linear Gaussian model, at a draw from q."""
    torch.manual_seed(1)

    def log_weight(x):
        law = q(x)
        z = law.sample()
        return Normal(0.0, 1.0).log_prob(z) + Normal(z, NOISE).log_prob(x) - law.log_prob(z)

    return log_weight


def posterior(x):
    precision = 1 + NOISE**-2
    return Normal(x * NOISE**-2 / precision, torch.full_like(x, precision**-0.5))


def prior(x):
    return Normal(torch.zeros_like(x), torch.ones_like(x))


def test_a_perfect_posterior_needs_one_sample():
    x = pictures()
    found = importance(weigher(posterior), x.split(64), samples=1)
    np.testing.assert_allclose(found.each, TRUTH.log_prob(x), atol=1e-5)


def test_a_useless_one_needs_many_and_never_gets_above_the_truth():
    """Samples from the prior: the bound rises with K, up to log p(x)."""
    x = pictures()
    exact = float(TRUTH.log_prob(x).mean())
    nats = [importance(weigher(prior), [x], samples).nats for samples in (1, 4, 16, 64, 4_096)]
    assert nats == sorted(nats)
    assert exact - nats[0] > 1
    assert nats[-1] == pytest.approx(exact, abs=0.01)


def test_the_bound_is_the_mean_of_the_weights():
    weights = torch.tensor([[0.1, 2.0], [0.3, 6.0]]).log()
    torch.testing.assert_close(bound(weights), torch.tensor([0.2, 4.0]).double().log())
    huge = torch.tensor([[-9_000.0], [-9_001.0]])
    assert float(bound(huge)) == pytest.approx(-9_000 + math.log((1 + math.exp(-1)) / 2))


def test_a_picture_that_no_draw_explains_is_impossible():
    assert float(bound(torch.full((3, 1), -math.inf))) == -math.inf


def test_standard_errors_are_over_pictures_and_differences_are_paired():
    one = Importance(np.array([-3.0, -1.0, -5.0, -3.0]), 10)
    better = Importance(one.each + 2, 10)
    assert one.standard_error == pytest.approx(one.each.std(ddof=1) / 2)
    assert better.above(one) == (2.0, 0.0)
    assert math.isnan(Importance(np.array([-3.0]), 1).standard_error)
    with pytest.raises(ValueError, match="on 4 pictures and the other on 1"):
        one.above(Importance(np.array([-3.0]), 1))


def test_nothing_to_measure_is_refused():
    with pytest.raises(ValueError, match="samples is 0: it takes 1 or more"):
        importance(weigher(prior), [pictures()], 0)
    for batches in ([], [torch.zeros(0)]):
        with pytest.raises(ValueError, match="There is no picture"):
            importance(weigher(prior), batches, 5)
    for weights in (torch.zeros(0, 3), torch.tensor([[0.0], [math.nan]])):
        with pytest.raises(ValueError, match="one draw or more, and no NaN"):
            bound(weights)
