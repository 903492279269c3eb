import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.metrics import probe as module
from causal_explorer.metrics.probe import draw_latents, probe
from tests.metrics.small import SIZES, Keeper, Perfect, sprites

COUNT = 2_048
NAMES = [factor.name for factor in dsprites.FACTORS]


def probed(latents, seed=0):
    """Probes z = latents(v, generator), learnt from one half and scored on the other."""
    generator = torch.Generator().manual_seed(seed)
    pairs = []
    for _ in range(2):
        rows = torch.randint(dsprites.COUNT, (COUNT,), generator=generator)
        v = torch.stack(torch.unravel_index(rows, dsprites.DIMENSIONS), 1)
        pairs.append((latents(v, generator), v))
    return probe(*pairs, dsprites.FACTORS, generator)


def test_a_z_that_is_the_factors_tells_them():
    found = probed(tells)
    assert list(found) == NAMES
    for own in found.values():
        assert own.accuracy > 0.99


def tells(v, generator):
    """A unit for each class of each factor."""
    return torch.cat([torch.eye(n)[k] for n, k in zip(SIZES, v.T, strict=True)], dim=1)


def test_a_z_of_noise_tells_nothing():
    """Chance is within 5 standard errors, below it as above."""
    found = probed(lambda v, generator: torch.randn(COUNT, 8, generator=generator))
    for (name, own), size in zip(found.items(), SIZES.tolist(), strict=True):
        error = (1 / size * (1 - 1 / size) / COUNT) ** 0.5
        assert own.accuracy == pytest.approx(1 / size, abs=5 * error), name
        assert 1 / size <= own.chance < 1 / size + 5 * error


def test_a_z_that_hides_a_factor_is_found_out():
    """The shape in the sign of a product, which no linear probe sees; the others not at all."""

    def hides(v, generator):
        z = torch.randn(COUNT, 2, generator=generator)
        wanted = torch.where(v[:, 0] == 0, 1.0, -1.0)
        return torch.stack([z[:, 0].abs() * z[:, 1].sign() * wanted, z[:, 1]], dim=1)

    found = probed(hides)
    assert found["shape"].accuracy > 0.6  # 2/3 at best
    assert found["posX"].accuracy < 0.06


def test_a_scale_of_z_does_not_matter():
    assert probed(lambda v, generator: v[:, :1] * 1e-6 + 5)["shape"].accuracy > 0.99


def test_a_seed_fixes_all(monkeypatch):
    monkeypatch.setattr(module, "_STEPS", 20)
    found = [probed(lambda v, generator: v / SIZES, seed) for seed in (0, 0, 1)]
    assert found[0] == found[1] != found[2]


def test_latents_are_draws_of_q():
    x, v = sprites(4_000)
    z = draw_latents(Perfect(), x, v, torch.Generator().manual_seed(0))
    assert z.shape == (4_000, 2)
    assert z.std() == pytest.approx(1, abs=0.05)
    z = draw_latents(Keeper(), x, v, torch.Generator().manual_seed(0))
    assert (z - v / (SIZES - 1)).std() == pytest.approx(1e-3, rel=0.05)


@pytest.mark.parametrize("z", [torch.full((COUNT, 3), 0.1), torch.zeros(COUNT, 3)])
def test_a_z_that_never_moves_tells_nothing(z):
    for (name, own), size in zip(
        probed(lambda v, generator: z).items(), SIZES.tolist(), strict=True
    ):
        error = (1 / size * (1 - 1 / size) / COUNT) ** 0.5
        assert own.accuracy == pytest.approx(1 / size, abs=5 * error), name


@pytest.mark.parametrize("kind", [torch.float64, torch.int64])
def test_any_type_of_number_is_read(kind):
    assert probed(lambda v, generator: v[:, :1].to(kind))["shape"].accuracy > 0.99


def test_the_least_scale_of_z_does_not_matter():
    assert probed(lambda v, generator: v[:, :1] * 1e-12)["shape"].accuracy > 0.99


def test_a_callers_own_types_do_not_matter(monkeypatch):
    monkeypatch.setattr(module, "_STEPS", 20)
    found = probed(lambda v, generator: v / SIZES)
    torch.set_default_dtype(torch.float64)
    try:
        assert probed(lambda v, generator: (v / SIZES).float()) == found
    finally:
        torch.set_default_dtype(torch.float32)


Z, CLASSES = torch.zeros(8, 2), torch.zeros(8, 5, dtype=torch.int64)


@pytest.mark.parametrize(
    ("learnt", "held_out", "said"),
    [
        ((Z[1:], CLASSES), (Z, CLASSES), "codes and"),
        ((Z[:, :0], CLASSES), (Z, CLASSES), "codes and"),
        ((Z, CLASSES), (Z[:0], CLASSES[:0]), "codes and"),
        ((Z, CLASSES + 0.5), (Z, CLASSES), "whole numbers"),
        ((Z / 0, CLASSES), (Z, CLASSES), "finite"),
        ((Z, CLASSES[:, 1:]), (Z, CLASSES), "5 variables, not 4"),
        ((Z, CLASSES + 3), (Z, CLASSES), "from 0 to 2 in column 0: it holds 3 to 3"),
        ((Z, CLASSES), (Z, CLASSES - 1), "from 0 to 2 in column 0: it holds -1 to -1"),
        ((Z, CLASSES), (Z[:, 1:], CLASSES), "as many units"),
        ((Z[:1], CLASSES[:1]), (Z, CLASSES), "two latents or more"),
    ],
)
def test_what_cannot_be_probed_is_one_sentence(learnt, held_out, said):
    with pytest.raises(ValueError, match=f"^A probe .*{said}") as found:
        probe(learnt, held_out, dsprites.FACTORS, torch.Generator())
    assert "\n" not in str(found.value)
