"""What every image mechanism must do, over all models."""

import pyro
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.registry import MODELS, build
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.stories import story_named

STORY = story_named("default", dsprites.FACTORS)
NAMES = [factor.name for factor in dsprites.FACTORS]
SMALL = {"hidden": 16, "latent": 3}


@pytest.fixture(
    scope="module",
    params=[name for name, (kind, _) in MODELS.items() if issubclass(kind, ImageMechanism)],
)
def model(request):
    torch.manual_seed(0)
    return build(request.param, dataset_named("dsprites"), SMALL)


@pytest.fixture
def batch():
    rows = torch.randint(dsprites.COUNT, (32,), generator=torch.Generator().manual_seed(0))
    v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
    return v, torch.from_numpy(dsprites.render(v.numpy()))


def test_the_loss_is_the_two_terms_of_the_elbo(model, batch):
    v, x = batch
    torch.manual_seed(1)
    loss = model.loss(v, x)
    torch.manual_seed(1)
    posterior = model.encode(x, v)
    z = posterior.rsample()
    kl = torch.distributions.kl_divergence(posterior, model.prior().expand([len(v)]))
    torch.testing.assert_close(loss, (kl - model.decode(v, z).log_prob(x)).mean())


def test_every_parameter_learns_from_the_loss(model, batch):
    v, x = batch
    model.zero_grad()
    model.loss(v, x).backward()
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue  # taken over from another checkpoint
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


@pytest.mark.parametrize("name", COUPLINGS)
def test_every_noise_of_the_program_is_a_named_site(model, name):
    trace = pyro.poutine.trace(model.program).get_trace(STORY, COUPLINGS[name], 3)
    sites = {f"u_{n}" for n in NAMES} | set(NAMES) | {"z", "u_image", "image"}
    assert sites <= set(trace.nodes)
    assert trace.nodes["image"]["value"].shape == (3, 64, 64)


@pytest.mark.parametrize("name", COUPLINGS)
def test_do_cuts_a_factor_from_its_causes_and_reaches_its_effects(model, name):
    with pyro.poutine.trace() as tape:
        pyro.do(model.program, {"scale": torch.tensor(5)})(STORY, COUPLINGS[name], 4_000)
    value = {n: node["value"] for n, node in tape.trace.nodes.items() if n in NAMES}
    rows = torch.bincount(value["posY"], minlength=32) / 4_000
    exact = STORY.mechanisms["posY"].table[5]
    assert (rows - exact).abs().le(5 * (exact * (1 - exact) / 4_000).sqrt() + 1 / 4_000).all()
    shapes = torch.bincount(value["shape"], minlength=3) / 4_000
    assert (shapes - 1 / 3).abs().max() < 5 * (2 / 9 / 4_000) ** 0.5, "causes stay as they were"


def test_conditioning_on_all_noise_gives_one_picture(model):
    coupling = COUPLINGS["gumbel"]
    trace = pyro.poutine.trace(model.program).get_trace(STORY, coupling, 4)
    noise = {k: n["value"] for k, n in trace.nodes.items() if k.startswith("u_") or k == "z"}
    again = pyro.condition(model.program, noise)(STORY, coupling, 4)
    assert again.equal(trace.nodes["image"]["value"])


def test_pixel_noise_by_rejection_agrees_with_the_closed_form(model):
    """A twin of the image from the noise that rejection keeps: Pyro against min and max."""
    from causal_explorer.inference.pixel import counterfactual_pixel

    torch.manual_seed(2)
    draws, pixel = 2_000, (31, 31)
    v = torch.tensor([1, 2, 3, 16, 16])
    factors = {n: v[i].expand(draws) for i, n in enumerate(NAMES)}
    z = torch.randn(1, 3).expand(draws, -1)
    program = pyro.condition(model.program, {"z": z})
    trace = pyro.poutine.trace(pyro.do(program, factors)).get_trace(
        STORY, COUPLINGS["gumbel"], draws
    )
    u = trace.nodes["u_image"]["value"][:, *pixel]
    with torch.no_grad():
        p = model.decode(v[None], z[:1]).mean[0, *pixel]
    x = trace.nodes["image"]["value"][:, *pixel]
    assert x.equal((u < p).float())
    for p_cf in (0.2 * p, 0.5 + 0.5 * p):
        for value in (0.0, 1.0):
            kept = u[x == value]
            closed = float(counterfactual_pixel(torch.tensor(value), p.logit(), p_cf.logit()))
            brute = float((kept < p_cf).double().mean())
            assert abs(brute - closed) <= 5 * (closed * (1 - closed) / len(kept)) ** 0.5 + 1e-3
