import math

import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.models.outline import Outlines
from causal_explorer.models.polygon import PolygonDecoder, _depth, _edges
from causal_explorer.models.pose import Pose


def round_decoder(radius, corners=(400, 400, 400)):
    """A decoder whose every outline is nearly a circle of that radius, in pixels."""
    torch.manual_seed(0)
    outlines = Outlines(corners, harmonics=4, latent=4)
    decoder = PolygonDecoder(outlines, Pose(dsprites.FACTORS[1:], 32), grid=4)
    with torch.no_grad():
        outlines.ellipse.copy_(torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
        outlines.overtones.zero_()
        outlines.bend.zero_()
        decoder.pose.log_radius.fill_(math.log(radius))
        decoder.log_sharpness.fill_(math.log(50.0))
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


def test_the_logit_is_the_depth_inside_the_edge():
    """A square of side 10 around the canvas's centre: the way to its nearest side.

    Past its corners' circle the way to that circle, where it is longer.
    """
    decoder = round_decoder(10 / math.sqrt(2), corners=(4, 4, 4))
    with torch.no_grad():
        decoder.pose.angle[0] = math.pi / 4
        decoder.pose.centre_x[16] = decoder.pose.centre_y[16] = 32.0
        logits = decoder(torch.tensor([[0, 0, 0, 16, 16]]), torch.zeros(1, 4)).canvas[0] / 50
    away = (torch.arange(64) + 0.5 - 32).abs()
    side = 5 - torch.maximum(away[:, None], away[None, :])
    depth = torch.minimum(side, 5 * math.sqrt(2) - torch.hypot(away[:, None], away[None, :]))
    torch.testing.assert_close(logits[16:48, 16:48], depth[16:48, 16:48], atol=1e-4, rtol=0)


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


def test_corners_snap_by_the_learned_share():
    decoder = round_decoder(8.0, corners=(5, 5, 5))
    v = torch.tensor([[0, 0, 3, 4, 5], [1, 0, 3, 4, 5]])
    with torch.no_grad():
        decoder.snap.copy_(torch.tensor([0.0, 1.0, 0.5]))
        corner = decoder.pose.place(v[:, 1:], decoder.outlines(v[:, 0], torch.zeros(2, 4)))
        step = decoder._to_grid(corner)
    whole = 4 * (corner + step)
    torch.testing.assert_close(whole, whole.round(), atol=1e-4, rtol=0)
    assert step.abs().max() <= 1 / 8 + 1e-5
    with torch.no_grad():
        apart = decoder(v, torch.zeros(2, 4)).logits
        decoder.snap.zero_()
        plain = decoder(v, torch.zeros(2, 4)).logits
    assert apart[0].equal(plain[0])
    assert 50 / 100 < (apart[1] - plain[1]).abs().max() < 50 / 4


def test_an_edge_that_snapping_turned_away_does_not_leak():
    """A sliver of an edge that runs towards the centre, turned by its corners' snap."""
    corner = torch.tensor([[[0.0, 4.0], [0.002, 4.02], [-5.0, 4.0]]])
    edges = _edges(corner, torch.tensor([[1, 2, 0]]))
    far = torch.linspace(0.5, 12, 24)
    depth = _depth(edges[:, :, :1], 0.001 * far, far)[0]
    assert (depth[far < 3.9] > 0).all()
    assert (depth[far > 4.1] < 0).all()


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
