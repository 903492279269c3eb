import pytest
import torch
from torch.distributions import Normal

from causal_explorer.models.ladder_layers import Dense, Gaussian, Painter, Reader, merge, normal


def laws(seed, count=5):
    g = torch.Generator().manual_seed(seed)
    return normal(torch.randn(count, generator=g), torch.rand(count, generator=g) + 0.1)


def test_a_merge_is_the_product_of_the_densities():
    """log q(z) - log p̂(z) - log p(z) is the same number at every z."""
    seen, prior = laws(0), laws(1)
    merged = merge(seen, prior)
    z = torch.linspace(-3, 3, 7)[:, None]
    rest = merged.log_prob(z) - seen.log_prob(z) - prior.log_prob(z)
    torch.testing.assert_close(rest, rest[:1].expand_as(rest), atol=2e-5, rtol=0)


def test_a_merge_takes_the_one_that_knows():
    vague, sharp = Normal(torch.tensor(9.0), 1e4), Normal(torch.tensor(-1.0), 1e-2)
    for one in (merge(vague, sharp), merge(sharp, vague)):
        torch.testing.assert_close(one.mean, sharp.mean)
        torch.testing.assert_close(one.stddev, sharp.stddev)


def test_two_alike_halve_the_variance():
    law = Normal(torch.tensor(0.7), torch.tensor(0.5))
    merged = merge(law, law)
    torch.testing.assert_close(merged.mean, law.mean)
    torch.testing.assert_close(merged.variance, law.variance / 2)


def test_a_patch_is_read_where_it_is():
    reader = Reader(64, 3, batch_norm=False)
    blank, dot = torch.zeros(2, 1, 64, 64)
    dot[0, 17, 60] = 1  # row 17 is in the third patch down, column 60 in the last across
    changed = (reader(blank) != reader(dot)).view(8, 8, 3).any(-1).nonzero()
    assert changed.tolist() == [[2, 7]]


def test_a_patch_is_painted_where_it_is():
    painter = Painter(5, 64, 3, batch_norm=False)
    before = painter(torch.ones(1, 5))
    with torch.no_grad():  # what spreads to the patch in row 2, column 7
        painter.spread.bias.view(8, 8, 3)[2, 7] += 1
    changed = (painter(torch.ones(1, 5)) != before)[0].nonzero()
    assert changed.amin(0).tolist() == [16, 56]
    assert changed.amax(0).tolist() == [23, 63]


@pytest.mark.parametrize("batch_norm", [True, False])
def test_laws_stay_in_float32_under_autocast(batch_norm):
    dense, head = Dense(6, 8, batch_norm), Gaussian(8, 3)
    with torch.autocast("cpu", torch.bfloat16):
        h = dense(torch.randn(4, 6))
        law = head(h)
    assert h.dtype == law.mean.dtype == law.stddev.dtype == torch.float32
    assert (law.variance > 0).all()


def test_a_normalised_layer_has_no_scale():
    """What batch normalisation is for: ten times the input is the same to the layer behind."""
    torch.manual_seed(0)
    dense, x = Dense(6, 8, batch_norm=True), torch.randn(64, 6)
    torch.testing.assert_close(dense(x), dense(10 * x), atol=2e-3, rtol=1e-3)
