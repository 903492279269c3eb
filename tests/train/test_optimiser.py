import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build
from train.config import read_config
from train.optimiser import adamw, averaged, shrink


@pytest.fixture
def model():
    torch.manual_seed(0)
    return build("scm-vae", dataset_named("dsprites"), {"latent": 2, "harmonics": [3, 3, 3]})


def move(model, value):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)


def test_the_average_forgets_by_its_decay(model):
    average = averaged(model, 0.9)
    expected = 0.0
    for step in range(40):
        move(model, step + 1.0)
        average.update_parameters(model)
        share = 1.0 if step == 0 else max(0.1, 9 / (10 + step))
        expected += share * (step + 1.0 - expected)
    assert float(average.module.decoder.log_blur.detach()[0]) == pytest.approx(expected)
    assert 26 < expected < 37, "it lags behind, and not far"


def test_without_a_decay_the_average_is_the_model(model):
    average = averaged(model, 0.0)
    for step in (0.0, 5.0, 3.0):
        move(model, step)
        average.update_parameters(model)
    assert float(average.module.decoder.log_blur.detach()[0]) == 3.0


def test_the_average_of_a_weight_that_is_zero_is_zero(model):
    average = averaged(model, 0.998)
    for value in (1.0, 0.5, 0.0):
        move(model, value)
        average.update_parameters(model)
    assert all((weight == 0).all() for weight in average.module.parameters())


def test_the_average_of_a_number_near_48_still_moves(model):
    """In float32 a step of 1/10,000 pixel, weighted 0.002, would round away."""
    average = averaged(model, 0.998)
    move(model, 48.0)
    for _ in range(5_000):
        average.update_parameters(model)
    move(model, 48.0001)
    for _ in range(5_000):
        average.update_parameters(model)
    centre = float(average.module.decoder.pose.centre_x.detach()[0])
    assert centre == pytest.approx(48.0001, abs=1e-6)


def test_what_the_gradients_agree_on_stays_and_the_rest_is_zero(model):
    config = read_config("scm-vae", ['train.rates."decoder.outlines.bend"=1.0'])
    optimiser, bend = adamw(model, config.train), model.decoder.outlines.bend
    generator = torch.Generator().manual_seed(0)
    for _ in range(500):
        bend.grad = torch.randn(bend.shape, generator=generator).double()
        bend.grad[0] -= 10.0
        optimiser.step()
        shrink(optimiser)
    assert (bend.detach()[1:] == 0).float().mean() > 0.99
    assert bend.detach()[1:].abs().max() < 0.002
    assert bend.detach()[0].min() > 0.02
