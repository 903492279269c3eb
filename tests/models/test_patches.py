import pytest
import torch

from causal_explorer.models.patches import DensePainter, PatchPainter, PatchReader, patches_of


@pytest.mark.parametrize("shape", [(16, 24), (16, 24, 3)])
def test_painters_draw_pictures_of_the_shape(shape):
    whole = (3, 16, 24) if len(shape) == 3 else (16, 24)
    assert PatchPainter(5, shape, 8)(torch.randn(2, 5)).shape == (2, *whole)
    if len(shape) == 3:
        assert DensePainter(5, shape, 8, 4)(torch.randn(2, 5)).shape == (2, *whole)


def test_a_patch_of_the_reader_is_a_patch_of_the_picture():
    """Where one patch of the picture changes, the features of that place alone do."""
    torch.manual_seed(0)
    reader, x = PatchReader((16, 24, 3), 4), torch.rand(1, 3, 16, 24)
    other = x.clone()
    other[:, :, 8:16, 16:24] = 0  # the last of six
    changed = (reader(x) != reader(other)).view(6, 4).any(1)
    assert changed.tolist() == [False] * 5 + [True]


def test_a_patch_of_the_painter_lands_in_its_place():
    torch.manual_seed(0)
    painter, z = PatchPainter(2, (16, 24), 8), torch.zeros(1, 2)
    before = painter(z)
    painter.coordinates[4] += 1  # second row, second column
    rows, columns = (painter(z) != before)[0].nonzero().T
    assert (rows.min(), rows.max()) == (8, 15)
    assert (columns.min(), columns.max()) == (8, 15)


@pytest.mark.parametrize("shape", [(16, 24), (16, 24, 3)])
def test_some_patches_are_those_of_the_whole_picture(shape):
    torch.manual_seed(0)
    painter, z = PatchPainter(2, shape, 8), torch.randn(3, 2)
    picture, place = torch.tensor([2, 0, 2]), torch.tensor([0, 5, 3])
    whole = patches_of(painter(z))[picture, place]
    torch.testing.assert_close(painter.some(z, picture, place), whole)


def test_sides_that_patches_do_not_fill_are_refused():
    with pytest.raises(ValueError, match="multiples of 8"):
        PatchReader((20, 24), 4)
