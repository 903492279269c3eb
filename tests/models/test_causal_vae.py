import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build

PARTS = [[0], [1], [2, 3]]


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return build("causal-vae", dataset_named("pendulum"), {"width": 4, "hidden": 8, "parts": PARTS})


def test_the_picture_is_a_sum_of_parts(model):
    """Moving one concept moves the same pixels wherever concepts of other parts stand."""
    z = torch.zeros(4, 4)
    z[1, 0] = z[3, 0] = 1.0
    z[2, 1] = z[3, 1] = -1.0
    with torch.no_grad():
        still, angle, light, both = model.painted(z).sum(0)
    assert torch.allclose(both - light, angle - still, atol=1e-5)


def test_the_kl_is_that_of_gaussians_around_the_labels(model):
    v = torch.tensor([[10.0, 90.0, 5.0, 10.0]])
    x = torch.rand(1, 3, 96, 96)
    with torch.no_grad():
        q = model.encode(x).base_dist
        found = model.terms(v, x)["kl_nats"]
    u, spread = model.scaled(v), 0.05
    ratio = q.stddev / spread
    each = 0.5 * (ratio**2 + ((q.mean - u) / spread) ** 2 - 1) - ratio.log()
    assert float(found) == pytest.approx(float(each.sum()), rel=1e-5)


def test_a_perfect_picture_costs_nothing():
    torch.manual_seed(0)
    model = build("causal-vae", dataset_named("pendulum"), {"width": 4, "hidden": 8})
    x = torch.full((1, 3, 96, 96), 0.25)
    with torch.no_grad():
        for part in model.decoders:
            for weight in part.parameters():
                weight.zero_()
        model.background.fill_(torch.tensor(0.25).logit())
        found = model.terms(torch.zeros(1, 4), x)
    assert float(found["image_nats"]) == pytest.approx(0, abs=0.05)
    assert float(found["paint_nats"]) == 0


def test_a_part_that_paints_pays_for_every_pixel():
    """A constant of -2 on all logits of one part, among parts that paint nothing."""
    model = build(
        "causal-vae", dataset_named("pendulum"), {"width": 4, "hidden": 8, "parts": PARTS}
    )
    with torch.no_grad():
        for weight in model.decoders.parameters():
            weight.zero_()
        model.decoders[1].fine[-2].bias.fill_(-2.0)
        found = model.terms(torch.zeros(1, 4), torch.rand(1, 3, 96, 96))
    assert float(found["paint_nats"]) == pytest.approx(2e-4 * 2 * 3 * 96 * 96, rel=1e-5)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"parts": 3}, "parts is 3: it takes a list of parts"),
        ({"parts": [3]}, "each a list of concepts by number"),
        ({"parts": [[0.5], [1, 2, 3]]}, "each a list of concepts by number"),
        ({"parts": [[0], [1], [2]]}, "each of the concepts 0 to 3"),
        ({"beta": -1}, "a number above 0"),
        ({"supervised": 1}, "true or false"),
        ({"width": 0}, "a whole number"),
    ],
)
def test_bad_settings_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        build("causal-vae", dataset_named("pendulum"), settings)


def test_a_data_set_of_classes_is_refused():
    with pytest.raises(ValueError, match="takes colour pictures"):
        build("causal-vae", dataset_named("dsprites"), {})
