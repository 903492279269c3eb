import math

import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.models.outline import OutlineDecoder
from causal_explorer.models.pose import Pose


def circle(radius, angles=64):
    """A decoder whose every outline is a circle of that radius in pixels, at scale class 0."""
    pose = Pose(dsprites.FACTORS[1:], 32)
    decoder = OutlineDecoder(3, angles, 4, pose)
    with torch.no_grad():
        pose.log_radius.fill_(math.log(radius))
        decoder.bend.zero_()
        decoder.log_sharpness.fill_(math.log(50.0))
    return decoder


def test_a_round_outline_draws_a_disc():
    decoder = circle(10.0)
    v = torch.tensor([[0, 0, 7, 16, 9]])
    with torch.no_grad():
        picture = decoder(v, torch.zeros(1, 4)).mean[0]
        row, column = decoder.pose.centre(v[:, 1:])[0]
    grid = torch.arange(64) + 0.5
    distance = torch.hypot(grid[:, None] - row, grid[None, :] - column)
    assert (picture > 0.5).equal(distance < 10)


def test_the_outline_turns_with_the_angle():
    """A bump at one entry of the table shows where orientation puts it."""
    decoder = circle(6.0, angles=360)
    with torch.no_grad():
        decoder.radius[:, :20] = 2.0  # twice as far at angles 0 to 20 degrees
        decoder.pose.angle[0], decoder.pose.angle[1] = 0.0, math.pi / 2
        decoder.pose.centre_x[16] = decoder.pose.centre_y[16] = 32.0  # the canvas's own centre
        upright, turned = decoder(
            torch.tensor([[0, 0, 0, 16, 16], [0, 0, 1, 16, 16]]), torch.zeros(2, 4)
        ).mean
    torch.testing.assert_close(torch.rot90(upright, 1, (0, 1)), turned, atol=1e-3, rtol=0)
    assert not torch.allclose(upright, turned, atol=0.5), "a quarter turn counter-clockwise"


def test_z_bends_the_outline():
    decoder = circle(6.0)
    v = torch.tensor([[1, 0, 0, 16, 16]])
    with torch.no_grad():
        decoder.bend[1, 2] = 0.5
        plain = decoder(v, torch.zeros(1, 4)).mean.sum()
        bent = decoder(v, torch.eye(4)[[2]]).mean.sum()
        other = decoder(torch.tensor([[0, 0, 0, 16, 16]]), torch.eye(4)[[2]]).mean.sum()
    assert bent > 1.5 * plain
    assert other == pytest.approx(float(plain)), "the direction belongs to its shape"


def test_every_parameter_gets_a_gradient():
    torch.manual_seed(0)
    decoder = circle(6.0)
    rows = torch.randint(dsprites.COUNT, (2_000,))
    v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
    x = torch.from_numpy(dsprites.render(v.numpy()))
    with torch.no_grad():
        decoder.log_sharpness.zero_()
        decoder.radius.mul_(1 + 0.1 * torch.rand_like(decoder.radius))  # a disc has no angle
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
