import copy
import math

import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.models.outline import Outlines
from causal_explorer.models.polygon import PolygonDecoder, _depth, _soft_round
from causal_explorer.models.pose import Pose


def round_decoder(radius, corners=(400, 400, 400)):
    """A decoder whose every outline is nearly a circle of that radius, in pixels."""
    torch.manual_seed(0)
    outlines = Outlines(corners, harmonics=(4, 4, 4), latent=4)
    decoder = PolygonDecoder(outlines, Pose(dsprites.FACTORS[1:], 32), grid=4)
    with torch.no_grad():
        outlines.ellipse.copy_(torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
        outlines.overtones.zero_()
        outlines.bend.zero_()
        decoder.pose.log_radius.fill_(math.log(radius))
        decoder.log_sharpness.fill_(math.log(50.0))
        decoder.log_blur.fill_(math.log(0.4))
    return decoder


def test_a_round_outline_draws_a_disc():
    decoder = round_decoder(10.0)
    v = torch.tensor([[0, 0, 7, 16, 9]])
    with torch.no_grad():
        picture = decoder(v, torch.zeros(1, 4)).mean[0]
        row, column = decoder.pose.centre(v[:, 1:])[0]
    grid = torch.arange(64) + 0.5
    distance = torch.hypot(grid[:, None] - row, grid[None, :] - column)
    assert (picture > 0.5).equal(distance < 10)


def test_the_logit_is_the_distance_to_the_outline():
    """A square of side 10 around the canvas's centre: to its nearest side, or its corner."""
    decoder = round_decoder(10 / math.sqrt(2), corners=(4, 4, 4))
    with torch.no_grad():
        decoder.log_sharpness.fill_(0.0)
        decoder.pose.angle[0] = math.pi / 4
        decoder.pose.centre_x[16] = decoder.pose.centre_y[16] = 32.0
        logits = decoder(torch.tensor([[0, 0, 0, 16, 16]]), torch.zeros(1, 4)).canvas[0]
    away = (torch.arange(64) + 0.5 - 32).abs() - 5
    beyond = torch.hypot(away[:, None].clamp(min=0), away[None, :].clamp(min=0))
    depth = -torch.maximum(away[:, None], away[None, :]).clamp(max=0) - beyond
    torch.testing.assert_close(logits[16:48, 16:48], depth[16:48, 16:48], atol=1e-3, rtol=0)


def test_a_pixel_far_from_the_outline_is_certain():
    decoder = round_decoder(8.0)
    v = torch.tensor([[0, 0, 7, 16, 9], [1, 3, 9, 1, 30]])
    with torch.no_grad():
        near = decoder(v, torch.zeros(2, 4)).logits.abs()
        assert near.max() == 20
        decoder.log_sharpness.fill_(0.0)
        exact = 50 * decoder(v, torch.zeros(2, 4)).logits
    assert (exact.abs()[near == 20] > 19.5).all()
    torch.testing.assert_close(near[near < 20], exact.abs()[near < 20], atol=1e-3, rtol=1e-3)


def test_logits_end_at_certainty_and_no_gradient_breaks_there():
    """Of a square too, near whose sides pixels lie no farther out than its corners."""
    decoder = round_decoder(8.0, corners=(4, 4, 4))
    v = torch.tensor([[0, 0, 7, 16, 9]])
    logits = decoder(v, torch.zeros(1, 4)).logits
    assert logits.abs().max().item() == 20
    logits.sum().backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all(), name


def test_the_outline_is_looked_at_beside_the_centre_of_a_pixel():
    """0.25 right and 0.5 up of it: as if the outline lay as far left and down, on the grid of 4."""
    decoder = round_decoder(8.0, corners=(7, 7, 7))
    v, z = torch.tensor([[0, 0, 3, 16, 16]]), torch.zeros(1, 4)
    with torch.no_grad():
        decoder.log_sharpness.fill_(0.0)
        decoder.pose.centre_x[16] = decoder.pose.centre_y[16] = 32.0
        plain = decoder(v, z).canvas
        decoder.sample_point.copy_(torch.tensor([0.25, -0.5]))
        beside = decoder(v, z).canvas
        decoder.sample_point.zero_()
        decoder.pose.centre_x[16] -= 0.25
        decoder.pose.centre_y[16] += 0.5 - 1e-9  # whose window is the same
        moved = decoder(v, z).canvas
    torch.testing.assert_close(beside, moved, atol=1e-4, rtol=0)
    assert (beside - plain).abs().max() > 0.3


def test_the_sample_point_learns_which_side_a_tie_falls_to():
    """Edges through centres of pixels: the picture says that those on the left edge are on."""
    decoder = round_decoder(8 * math.sqrt(2), corners=(4, 4, 4))
    with torch.no_grad():
        decoder.log_sharpness.fill_(0.0)
        decoder.pose.angle[0] = math.pi / 4
        decoder.pose.centre_x[16] = decoder.pose.centre_y[16] = 32.5
    x = torch.zeros(1, 64, 64)
    x[0, 24:40, 24:40] = 1
    v = torch.tensor([[0, 0, 0, 16, 16]])
    (-decoder(v, torch.zeros(1, 4)).log_prob(x).sum()).backward()
    right, down = (-decoder.sample_point.grad).tolist()
    assert right > 0.1
    assert down > 0.1


@pytest.mark.parametrize("bent", [False, True])
def test_pixels_that_are_certain_at_once_are_what_a_distance_says(explorer, monkeypatch, bent):
    """With bounds that say nothing, every pixel of the ring is measured."""
    decoder = copy.deepcopy(explorer.checkpoint.model.decoder)
    rows = torch.randint(dsprites.COUNT, (400,), generator=torch.Generator().manual_seed(0))
    v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
    z = torch.randn(400, 8, generator=torch.Generator().manual_seed(1))
    if bent:
        with torch.no_grad():
            decoder.outlines.bend.normal_(std=3e-4, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        quick = decoder(v, z).logits
        monkeypatch.setattr("causal_explorer.models.outline._WIDEST", -1)
        slow = decoder(v, z).logits
    torch.testing.assert_close(quick, slow, atol=1e-4, rtol=0)
    assert (slow.abs() < 20).any()


def test_an_edge_without_length_is_a_point():
    """Two corners that rounding put in one place are as far away as that place."""

    class Triangle:
        def at(self, image, corner):
            corners = torch.tensor([[0.0, -3.0], [3.0, 3.0], [3.0, 3.0], [-3.0, 3.0]])
            return list(corners[corner].unbind(1))

    x, y = torch.tensor([5.0, 2.0]), torch.tensor([5.0, 2.0])
    faced = tuple(torch.full((2,), k) for k in (0, 1, 2, 3))
    depth = _depth(Triangle(), torch.zeros(2, dtype=torch.int64), faced, x, y)
    torch.testing.assert_close(depth[0], -torch.tensor(8.0).sqrt())
    assert depth[1] > 0.4


def test_the_outline_turns_with_the_angle():
    """Counter-clockwise as seen: rows run downwards."""
    decoder = round_decoder(6.0)
    with torch.no_grad():
        decoder.outlines.ellipse[:, 1] = torch.tensor([1.6, 0.3])
        decoder.outlines.ellipse[:, 0] = torch.tensor([0.3, 0.1])
        decoder.pose.angle[0], decoder.pose.angle[1] = 0.0, math.pi / 2
        decoder.pose.centre_x[16] = decoder.pose.centre_y[16] = 32.0  # the canvas's own centre
        upright, turned = decoder(
            torch.tensor([[0, 0, 0, 16, 16], [0, 0, 1, 16, 16]]), torch.zeros(2, 4)
        ).mean
    torch.testing.assert_close(torch.rot90(upright, 1, (0, 1)), turned, atol=1e-3, rtol=0)
    assert not torch.allclose(upright, turned, atol=0.5)


@pytest.mark.parametrize("blur", [0.05, 0.2, 0.4])
def test_soft_rounding_is_the_mean_of_rounding(blur):
    x = torch.linspace(-2.3, 2.9, 53).double()
    noise = blur * torch.randn(200_000, 1, generator=torch.Generator().manual_seed(0)).double()
    expected = (x + noise + 0.5).floor().mean(0)
    found = _soft_round(x, torch.tensor(blur, dtype=torch.float64))
    torch.testing.assert_close(found, expected, atol=0.006, rtol=0)


@pytest.mark.parametrize("log_blur", [-400.0, -46.0, 0.0, 130.0])
def test_no_blur_breaks_the_gradient(log_blur):
    width = torch.tensor(log_blur, dtype=torch.float64, requires_grad=True)
    x = torch.tensor([-0.5, 0.0, 0.2, 0.5, 7.9]).double().requires_grad_()
    found = _soft_round(x, width.exp())
    found.sum().backward()
    assert found.isfinite().all()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert width.grad is not None
    assert width.grad.isfinite()


def test_corners_are_rounded_as_far_as_their_shape_learned():
    decoder = round_decoder(8.0, corners=(5, 5, 5))
    v = torch.tensor([[0, 0, 3, 4, 5], [1, 0, 3, 4, 5]])
    with torch.no_grad():
        decoder.log_sharpness.fill_(0.0)
        plain = decoder(v, torch.zeros(2, 4)).logits
        decoder.log_blur.copy_(torch.tensor([0.4, 0.001, 0.4]).log())
        apart = decoder(v, torch.zeros(2, 4)).logits
    assert apart[0].equal(plain[0])
    assert 0.01 < (apart[1] - plain[1]).abs().max() < 0.25, "the grid is 1/4 pixel"


def test_an_edge_that_rounding_turned_away_does_not_leak():
    """A sliver of an edge that runs towards the centre, turned by its corners' rounding."""

    class Sliver:
        def at(self, image, corner):
            return list(torch.tensor([[0.0, 4.0], [0.002, 4.02], [-5.0, 4.0]])[corner].unbind(1))

    far = torch.linspace(0.5, 12, 24)
    first = torch.zeros(24, dtype=torch.int64)
    depth = _depth(Sliver(), first, (first + 2, first, first + 1, first + 2), 0.001 * far, far)
    assert (depth[far < 3.9] > 0).all()
    assert (depth[far > 4.1] < 0).all()


def test_the_gradient_is_the_change_of_the_loss():
    """Also in a dent whose edges run nearly towards the centre."""
    decoder = round_decoder(9.6 * 0.8, corners=(4, 100, 150))
    heart, pose, k = decoder.outlines, decoder.pose, torch.arange(32)
    generator = torch.Generator().manual_seed(1)
    way = torch.randn(heart.overtones[2].shape, generator=generator).double()
    with torch.no_grad():  # the published heart
        heart.ellipse[2] = torch.tensor([[0.0, -0.15], [0.0, -13 / 14.5], [0.75, 0.0]])
        heart.overtones[2, :3, 1] = torch.tensor([4 * 5, 9 * 2, 16]) / 14.5
        heart.overtones[2, 4, 0] = -9 * 0.25
        heart.overtones[2] += 0.02 * way  # and nearly so
        pose.centre_x.copy_(16 + 32 * k / 31)
        pose.centre_y.copy_(16 + 32 * k / 31)
        decoder.log_sharpness.fill_(math.log(20.0))
    v = torch.cartesian_prod(torch.tensor([2]), torch.tensor([3]), *map(torch.arange, (40, 4, 4)))
    x = torch.from_numpy(dsprites.render(v.numpy()))
    loss = lambda: -decoder(v, torch.zeros(len(v), 4)).log_prob(x).double().mean()  # noqa: E731
    start = loss().item()
    slope = (torch.autograd.grad(loss(), heart.overtones)[0][2] * way).sum()
    with torch.no_grad():
        heart.overtones[2] += 1e-4 * way
        after = loss()
        heart.overtones[2] -= 2e-4 * way
        before = loss()
    assert 1 < start < 10, "nearly the published heart"
    assert float((after - before) / 2e-4) == pytest.approx(float(slope), rel=0.02)


def test_z_bends_the_outline():
    decoder = round_decoder(6.0)
    v = torch.tensor([[1, 0, 0, 16, 16]])
    with torch.no_grad():
        decoder.outlines.bend[1, 2, 1:3] = torch.tensor([[0.5, 0.0], [0.0, 0.5]])
        plain = decoder(v, torch.zeros(1, 4)).mean.sum()
        bent = decoder(v, torch.eye(4)[[2]]).mean.sum()
        other = decoder(torch.tensor([[0, 0, 0, 16, 16]]), torch.eye(4)[[2]]).mean.sum()
    assert bent > 1.5 * plain
    assert other == pytest.approx(float(plain)), "the direction belongs to its shape"


def test_every_parameter_gets_a_gradient():
    decoder = round_decoder(6.0, corners=(4, 60, 80))
    rows = torch.randint(dsprites.COUNT, (2_000,))
    v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
    x = torch.from_numpy(dsprites.render(v.numpy()))
    with torch.no_grad():
        decoder.log_sharpness.zero_()
    (-decoder(v, torch.randn(2_000, 4)).log_prob(x).mean()).backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.ne(0).any(), name
        assert parameter.grad.isfinite().all(), name


def test_the_window_holds_every_sprite_at_the_start():
    """Before training the window already covers the sprite, so that its edge gives a gradient."""
    pose = Pose(dsprites.FACTORS[1:], 32)
    rows = torch.randint(dsprites.COUNT, (500,), generator=torch.Generator().manual_seed(0))
    v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
    for picture, (row, column) in zip(
        dsprites.render(v.numpy()), pose.corner(v[:, 1:]), strict=True
    ):
        assert picture[row : row + 32, column : column + 32].sum() == picture.sum()
