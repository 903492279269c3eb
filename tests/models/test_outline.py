import math

import pytest
import torch

from causal_explorer.models.outline import Outlines, sector_of

CORNERS = (4, 100, 150)


@pytest.fixture
def outlines():
    """Star-shaped outlines with dents, each shape another."""
    torch.manual_seed(0)
    made = Outlines(CORNERS, harmonics=(5, 5, 5), latent=2).requires_grad_(False)
    made.overtones.normal_(std=0.2)
    return made


def corners_of(outlines, shape, z=(0.0, 0.0)):
    still, bend = outlines()
    moved = still[shape] + torch.einsum("l,vlk->vk", torch.tensor(z).double(), bend[shape])
    return moved[: CORNERS[shape]]


def test_an_outline_starts_as_a_circle():
    torch.manual_seed(0)
    outlines = Outlines(CORNERS, harmonics=(4, 4, 4), latent=2).requires_grad_(False)
    for shape in range(3):
        corners = corners_of(outlines, shape)
        torch.testing.assert_close(
            corners.norm(dim=1), torch.ones(len(corners)).double(), atol=0.1, rtol=0
        )
        turned = torch.atan2(corners[:, 1], corners[:, 0]).diff()
        step = 2 * math.pi / len(corners)
        assert (torch.remainder(turned, 2 * math.pi) - step).abs().max() < 0.1


def test_corners_follow_the_fourier_series(outlines):
    """An outline of known coefficients, corner by corner, in plain arithmetic."""
    outlines.ellipse.copy_(torch.tensor([[1.0, 2.0], [3.0, 0.0], [0.0, -1.5]]).expand(3, -1, -1))
    outlines.overtones.zero_()
    outlines.overtones[1, 2] = torch.tensor([16.0, 0.0])  # cos 4t, over 4²
    for j, (x, y) in enumerate(corners_of(outlines, 1).tolist()):
        t = 2 * math.pi * j / 100
        assert x == pytest.approx(1 + 3 * math.cos(t) + math.cos(4 * t), abs=1e-5)
        assert y == pytest.approx(2 - 1.5 * math.sin(t), abs=1e-5)


@pytest.mark.parametrize("shape", range(3))
def test_a_ray_meets_the_edge_that_it_faces(outlines, shape):
    corners = corners_of(outlines, shape)
    angle = torch.rand(2_000, generator=torch.Generator().manual_seed(1)) * 40 - 20
    before, begin, end, after = outlines.facing(torch.tensor(shape).expand(2_000), angle)
    for one, following in ((before, begin), (begin, end), (end, after)):
        assert following.equal((one + 1) % CORNERS[shape])
    ray = torch.stack([angle.cos(), angle.sin()], dim=1)
    first, last = (_cross(corners[place], ray) for place in (begin, end))
    far = corners.norm(dim=1).max() * 2 * math.pi / 16_384  # to which an edge is looked up
    assert (first >= -far - 1e-5).all()
    assert (last <= far + 1e-5).all()
    assert ((corners[begin] * ray).sum(1) > -0.8 * corners[begin].norm(dim=1)).all()
    assert len(begin.unique()) > 0.9 * len(corners)


def test_an_outline_has_no_more_harmonics_than_its_own():
    torch.manual_seed(0)
    outlines = Outlines(CORNERS, harmonics=(2, 1, 4), latent=2).requires_grad_(False)
    before = [corners_of(outlines, shape) for shape in range(3)]
    assert outlines.overtones[1].eq(0).all()
    outlines.overtones += 1.0
    outlines.bend[:, 0, 3:] += 1.0
    after = [corners_of(outlines, shape, (1.0, 0.0)) for shape in range(3)]
    plain = [corners_of(outlines, shape) for shape in range(3)]
    assert plain[1].equal(before[1])
    assert (plain[2] - before[2]).abs().max() > 0.1
    assert (after[1] - before[1]).abs().max() < 0.1, "nor does z give it any"


def test_four_corners_have_no_second_sine():
    """It is 0 at each of them, but for rounding, which nothing may learn to magnify."""
    outlines = Outlines(CORNERS, harmonics=(2, 1, 4), latent=2).requires_grad_(False)
    before = corners_of(outlines, 0)
    outlines.overtones[0, 3:] = 1e15
    outlines.overtones[0, 1:3] = 1e15
    assert corners_of(outlines, 0).equal(before)
    outlines.overtones[0, 0] += 1.0
    assert not corners_of(outlines, 0).equal(before)


def test_z_bends_the_outline_of_its_shape(outlines):
    before = [corners_of(outlines, shape, (0.0, 1.0)) for shape in (0, 1)]
    outlines.bend[1, 1] += 0.5
    after = [corners_of(outlines, shape, (0.0, 1.0)) for shape in (0, 1)]
    assert after[0].equal(before[0])
    assert (after[1] - before[1]).norm(dim=1).max() > 0.3
    assert corners_of(outlines, 1).equal(corners_of(outlines, 1, (7.0, 0.0))) is False


def test_no_corner_moves_beyond_the_reach_of_z(outlines):
    outlines.bend.normal_(std=0.1)
    z = torch.nn.functional.normalize(torch.randn(300, 2), dim=1)
    for shape in range(3):
        still = corners_of(outlines, shape)
        moved = torch.stack([corners_of(outlines, shape, own) for own in z.tolist()]) - still
        assert moved.norm(dim=-1).max() <= outlines.reach() + 1e-9
        assert (moved.norm(dim=-1).amax(1) <= outlines.reach(z) + 1e-9).all()
    assert moved.norm(dim=-1).max() > 0.1 * outlines.reach()


@pytest.mark.parametrize("margin", [1e-4, 1e-2, 3.0])
def test_the_outline_lies_within_its_bounds(outlines, margin):
    """Every point nearer to an outline than the margin is within, by as much as the margin."""
    least, most, inner, outer = outlines.bounds(margin)
    generator = torch.Generator().manual_seed(3)
    for shape, count in enumerate(CORNERS):
        begin = corners_of(outlines, shape)
        edge = torch.randint(count, (5_000,), generator=generator)
        share = torch.rand(5_000, 1, generator=generator).double()
        on = begin[edge] + share * (begin[(edge + 1) % count] - begin[edge])
        turn = 2 * math.pi * torch.rand(5_000, generator=generator)
        point = on + 0.999 * margin * torch.stack([turn.cos(), turn.sin()], dim=1)
        sector = sector_of(torch.atan2(point[:, 1], point[:, 0]))
        radius = point.norm(dim=1)
        assert (radius >= least[shape, sector] - margin - 1e-5).all()
        assert (radius <= most[shape, sector] + margin + 1e-5).all()
        assert (least[shape] >= inner[shape] - 1e-6).all()
        assert (most[shape] <= outer[shape] + 1e-6).all()


def test_what_is_kept_follows_the_coefficients(outlines):
    angle = torch.linspace(0, 6, 500)
    shape = torch.ones(500, dtype=torch.int64)
    first = outlines.facing(shape, angle)[0]
    assert outlines.facing(shape, angle)[0].equal(first)
    outlines.ellipse[:, 1:].mul_(-1.0)
    assert not outlines.facing(shape, angle)[0].equal(first)


def _cross(a, b):
    """Positive where b lies past a, turning from x to y."""
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
