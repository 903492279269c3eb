import math

import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.beta_vae import BetaVAE, BetaVAEConfig
from causal_explorer.models.polar import RADIUS, PolarCode

RADII = (0.5, 1.0, 2.0)
_DRAWS = 2_000
_FIVE_ERRORS = 5 / math.sqrt(2 * _DRAWS)  # of a standard deviation, relative to it


def rings(count=300):
    """(N, 8) means whose units 3 and 4 lie on three rings, with their radii and log sd."""
    torch.manual_seed(0)
    radius = torch.tensor(RADII).repeat(count // 3)
    angle = torch.rand(count) * 2 * math.pi
    mean = torch.randn(count, 8)
    mean[:, 3], mean[:, 4] = radius * angle.cos(), radius * angle.sin()
    return mean, torch.full((count, 8), math.log(0.01)), radius


def turned():
    """A code that has seen the rings and turned, with their means, log sd and radii."""
    code = PolarCode(8, turn=0.5)
    mean, log_sd, radius = rings()
    code.begin(0.4)
    code(mean, log_sd)
    code.begin(0.6)
    return code, mean, log_sd, radius


def test_units_open_in_order():
    """One that is not open is N(0, 1): mean 0, log sd 0."""
    code = PolarCode(8, turn=0.5)
    mean, log_sd, _ = rings()
    for progress, opened in ((0.0, 3), (0.1, 5), (0.5, 8)):
        code.begin(progress)
        for told in code(mean, log_sd):
            assert told.abs().amax(0).gt(0).tolist() == [True] * opened + [False] * (8 - opened)


def test_before_the_turn_what_is_open_is_told_as_it_is():
    code = PolarCode(8, turn=0.5)
    mean, log_sd, _ = rings()
    code.begin(0.4)
    found_mean, found_log_sd = code(mean, log_sd)
    assert torch.equal(found_mean[:, :5], mean[:, :5])
    assert torch.equal(found_log_sd[:, :5], log_sd[:, :5])


def test_the_plane_opens_on_the_way_to_the_turn():
    code = PolarCode(8, turn=0.02)
    told = {}
    for progress in (0.0, 0.003, 0.02):
        code.begin(progress)
        told[progress] = int(code.open.sum())
    assert told == {0.0: 3, 0.003: 5, 0.02: 8}


def test_rings_become_one_and_their_radius_a_unit():
    code, mean, log_sd, radius = turned()
    told, _ = code(mean, log_sd)
    plain, found = (torch.atan2(t[:, 4], t[:, 3]) for t in (mean, told))
    assert torch.allclose(found, plain, atol=1e-5)
    one = math.sqrt(sum(r**2 for r in RADII) / 3)  # the mean square stays
    assert torch.allclose(told[:, 3:5].norm(dim=1), torch.full((300,), one), rtol=1e-5)
    moved = told[:, 5] - mean[:, 5]
    logs = radius.log()
    assert torch.allclose(moved, (logs - logs.mean()) / logs.std(correction=0), atol=1e-4)
    assert torch.equal(told[:, [0, 1, 2, 6, 7]], mean[:, [0, 1, 2, 6, 7]])


def test_the_turned_law_is_the_same_one_to_first_order():
    """Draws of the plane, put in polar form by hand, spread as the turned law says."""
    code, mean, log_sd, radius = turned()
    mean[:, 5], log_sd[:, 5] = 0.0, 0.0  # a unit that told nothing yet
    _, told = code(mean, log_sd)
    draws = mean[:, 3:5] + 0.01 * torch.randn(_DRAWS, 300, 2)
    logs = radius.log()
    length = (draws.norm(dim=2).log() - logs.mean()) / logs.std(correction=0)
    assert torch.allclose(length.std(0), told[:, RADIUS].exp()[:, 0], rtol=_FIVE_ERRORS)
    one = radius.square().mean().sqrt()
    around = draws[..., 1].atan2(draws[..., 0]) - mean[:, 4].atan2(mean[:, 3])
    arc = one * torch.remainder(around + math.pi, 2 * math.pi).sub(math.pi)
    assert torch.allclose(arc.std(0), told[:, 3].exp(), rtol=_FIVE_ERRORS)


def test_a_plane_that_tells_nothing_has_finite_gradients():
    code = PolarCode(8, turn=0.5)
    for progress in (0.0, 0.4, 0.9):
        mean = torch.zeros(4, 8, requires_grad=True)
        log_sd = torch.zeros(4, 8, requires_grad=True)
        code.begin(progress)
        told = code(mean, log_sd)
        sum(t.square().sum() + t.sum() for t in told).backward()
        assert mean.grad.isfinite().all()
        assert log_sd.grad.isfinite().all()


def test_within_the_centre_the_radius_falls_to_0():
    """A direction there is noise; the unit of the radius stays where it was."""
    code = turned()[0]
    near = torch.zeros(3, 8)
    near[:, 3] = torch.tensor([0.0, 0.01, 0.1])
    told, _ = code(near, torch.zeros(3, 8))
    assert told[:, 3].tolist() == pytest.approx([0.0, 0.1, 1.0], abs=1e-3)
    assert torch.equal(told[0, 5], told[1, 5])


def test_the_encoder_gets_no_gradient_just_after_the_turn():
    model = BetaVAE(dataset_named("dsprites"), BetaVAEConfig(width=8, polar=0.5))
    x = torch.zeros(4, 64, 64, dtype=torch.uint8)
    x[:, ::8, ::8] = 1
    learns = {}
    for progress in (0.4, 0.5, 0.53, 0.55):
        model.zero_grad()
        model.begin(progress)
        model.loss(None, x).backward()
        assert model.logits.told.weight.grad.norm() > 0  # the painter learns throughout
        learns[progress] = bool(model.encoder[-1].weight.grad.norm() > 0)
    assert learns == {0.4: True, 0.5: False, 0.53: False, 0.55: True}


def test_the_moments_follow_training_up_to_the_turn():
    """Not what is measured, nor what is trained on from a code that has turned."""
    code = PolarCode(8, turn=0.5)
    mean, log_sd, radius = rings()
    code.begin(0.4)
    code(mean, log_sd)
    assert code.moments[0] == pytest.approx(float(radius.square().mean()))
    before = code.moments.clone()
    code.eval()(2 * mean, log_sd)
    code.begin(0.5)
    code.train()(2 * mean, log_sd)
    assert torch.equal(code.moments, before)
    assert code.seen == 1


@pytest.mark.parametrize("progress", [0.0, 0.3, 0.9])
def test_a_code_is_read_as_it_was_trained(progress):
    """Without being told how far the run had come."""
    code = PolarCode(8, turn=0.5)
    mean, log_sd, _ = rings()
    code.begin(0.3)
    code(mean, log_sd)
    code.begin(progress)
    other = PolarCode(8, turn=0.5).eval()
    other.load_state_dict(code.state_dict())
    code.eval()
    for mine, theirs in zip(code(mean, log_sd), other(mean, log_sd), strict=True):
        assert torch.equal(mine, theirs)


def test_a_code_that_never_turns_is_left_alone():
    code = PolarCode(4, turn=1.0)
    code.begin(0.0)
    mean = torch.randn(3, 4)
    assert code(mean, mean)[0] is mean


def test_a_code_that_never_turns_keeps_no_state():
    assert list(PolarCode(4, turn=1.0).state_dict()) == []


@pytest.mark.parametrize("turn", [0.96, 0.999])
def test_a_turn_without_time_to_learn_is_refused(turn):
    with pytest.raises(ValueError, match="polar is .*: it takes a share below 0.96, or 1"):
        PolarCode(8, turn=turn)


def test_too_few_units_are_refused():
    with pytest.raises(ValueError, match="latent is 5: a code that turns polar takes 6 or more"):
        PolarCode(5, turn=0.4)


@pytest.mark.parametrize("polar", [0, 1.5, True, "late"])
def test_a_share_that_is_none_is_refused(polar):
    with pytest.raises(ValueError, match="polar is .*: it takes a share above 0, up to 1"):
        BetaVAEConfig(polar=polar)
