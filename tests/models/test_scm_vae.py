import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build


@pytest.mark.parametrize("place", [0, 31])
def test_the_encoder_looks_where_the_sprite_is(place):
    torch.manual_seed(0)
    model = build("scm-vae", dataset_named("dsprites"), {"hidden": 16, "latent": 3})
    v = torch.tensor([[2, 3, 0, place, place]])
    x = torch.from_numpy(dsprites.render(v.numpy()))
    row, column = model.decoder.pose.corner(v[:, 1:])[0].tolist()
    inside, outside = x.clone(), x.clone()
    inside[0, row + 10, column + 10] ^= 1
    outside[0, (row + 40) % 64, (column + 40) % 64] ^= 1
    with torch.no_grad():
        seen = [model.encode(picture, v).mean for picture in (x, inside, outside)]
    assert not seen[0].equal(seen[1])
    assert seen[0].equal(seen[2])
