import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.disturbed import KINDS, disturb
from causal_explorer.models.registry import build


def some(count, kind=torch.uint8):
    rows = np.random.default_rng(0).integers(0, dsprites.COUNT, count)
    return torch.from_numpy(dsprites.render(dsprites.classes_of(rows))).to(kind)


@pytest.mark.parametrize("kind", [torch.uint8, torch.float32])
def test_a_quarter_of_each_kind(kind):
    x = some(2_000, kind)
    seen = disturb(x, torch.Generator().manual_seed(0))
    assert seen.dtype == x.dtype
    assert set(seen.unique().tolist()) <= {0, 1}
    gained = ((seen == 1) & (x == 0)).sum((1, 2)).numpy()
    lost = ((seen == 0) & (x == 1)).sum((1, 2)).numpy()
    others = (torch.maximum(x, x.roll(1, 0)) == seen).all(2).all(1).numpy()
    clean = (gained + lost == 0).mean()
    cut = ((gained == 0) & (lost > 0)).mean()
    cluttered = (others & (gained > 0)).mean()
    noisy = 1 - clean - cut - cluttered
    # within four deviations of a binomial; a cut may miss its sprite, which is then clean
    assert cluttered == pytest.approx(1 / len(KINDS), abs=0.04)
    assert noisy == pytest.approx(1 / len(KINDS), abs=0.04)
    assert clean + cut == pytest.approx(2 / len(KINDS), abs=0.045)
    assert cut > 0.1
    assert clean < 0.4


def test_the_same_generator_gives_the_same_pictures_and_leaves_the_callers_alone():
    x, state = some(50), torch.get_rng_state()
    first, again = (disturb(x, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, disturb(x, torch.Generator().manual_seed(4)))
    assert torch.equal(state, torch.get_rng_state())


def test_training_shows_it_to_the_recogniser_alone():
    x = some(64)
    torch.manual_seed(0)
    recogniser = build("recogniser", dataset_named("dsprites"), {"hidden": 8})
    assert not torch.equal(recogniser.training_view(x), x)
    mechanism = build("scm-vae", dataset_named("dsprites"), {"hidden": 8})
    assert mechanism.training_view(x) is x


def test_clutter_and_stray_pixels_do_not_draw_the_window_away():
    """A square of 15 × 15 in one corner, a speck in the other: the window shows the square."""
    network = build("recogniser", dataset_named("dsprites"), {"hidden": 8})
    seen = []
    network.layers[0].register_forward_hook(lambda _, given, __: seen.append(given[0]))
    x = torch.zeros(1, 64, 64)
    x[0, 8:23, 9:24] = 1
    network(x)
    x[0, 50:54, 55:60] = 1
    network(x)
    torch.testing.assert_close(seen[0], seen[1])
