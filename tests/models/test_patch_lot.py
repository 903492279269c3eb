import pytest
import torch

from causal_explorer.models.patch_lot import draw_patches


@pytest.fixture
def patches():
    """10,000 pictures of 5 × 4 patches, of which only the first has a pixel that is on."""
    patches = torch.zeros(10_000, 20, 3)
    patches[:, 0, 1] = 1
    return patches


def test_a_filled_patch_is_always_drawn_and_counts_once(patches):
    torch.manual_seed(0)
    lot = draw_patches(patches, rows=5)
    first = lot.place == 0
    assert torch.equal(lot.picture[first], torch.arange(len(patches)))
    assert (lot.weight[first] == 1).all()


def test_in_expectation_every_patch_counts_once(patches):
    """Each weighs 1/p with probability p, so its sum over n pictures is n ± √(n (1/p - 1))."""
    torch.manual_seed(0)
    lot = draw_patches(patches, rows=5)
    near = {1, 4, 5}  # beside the first: the patches lie in rows of four
    for place in range(1, 20):
        chance, chosen = 0.5 if place in near else 0.1, lot.place == place
        assert lot.weight[chosen].unique().tolist() == pytest.approx([1 / chance])
        spread = (len(patches) * (1 / chance - 1)) ** 0.5
        assert abs(lot.weight[chosen].sum() - len(patches)) < 5 * spread
