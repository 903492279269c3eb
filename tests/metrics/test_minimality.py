import math

import pytest
import torch

from causal_explorer.metrics.minimality import minimality
from tests.metrics.small import SIZES, Keeper, Perfect, sprites

X, V = sprites(600)


def test_a_z_that_is_told_nothing():
    found = minimality(Perfect(), [(V, X)])
    assert (found.kl_nats, found.active, found.latent, found.images) == (0, 0, 2, 600)


def test_a_z_that_remembers_everything():
    """KL of N(m, s²) from N(0, 1) in closed form: (m² + s² − 1) / 2 − log s a dimension."""
    found = minimality(Keeper(), [(V, X)])
    squares = float((V / (SIZES - 1)).square().sum(1).mean())
    wanted = (squares + 5 * (1e-6 - 1)) / 2 - 5 * math.log(1e-3)
    assert found.kl_nats == pytest.approx(wanted, rel=1e-5)
    assert found.active == 5


def test_only_units_that_move_with_the_image_are_active():
    """A mean that is far from 0 but the same for all images costs nats and says nothing."""

    class Shifted(Keeper):
        def encode(self, x, v):
            posterior = super().encode(x, v)
            mean = torch.where(torch.arange(5) < 2, 3.0, posterior.mean)
            return type(posterior.base_dist)(mean, posterior.stddev).to_event(1)

    assert minimality(Shifted(), [(V, X)]).active == 3


def test_batches_do_not_matter():
    whole = minimality(Keeper(), [(V, X)])
    parts = minimality(Keeper(), [(V[:100], X[:100]), (V[100:], X[100:])])
    assert parts.kl_nats == pytest.approx(whole.kl_nats)
    assert (parts.active, parts.images) == (whole.active, whole.images)
