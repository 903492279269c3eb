import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.data import styled_sprites
from causal_explorer.data.dataset import Dataset, dataset_named
from causal_explorer.models.registry import build
from causal_explorer.scm.variables import Variable


def drawn(count=40, seed=0):
    rng = np.random.default_rng(seed)
    v = np.stack([rng.integers(0, f.classes, count) for f in styled_sprites.FACTORS], axis=1)
    hidden = styled_sprites.draw_hidden(count, rng)
    units = np.concatenate([v, hidden], axis=1)
    return units, torch.from_numpy(v), torch.from_numpy(styled_sprites.render(units))


@pytest.fixture(scope="module")
def model():
    return ce.load("scm-vae-styled").checkpoint.model


def test_the_texture_never_lights_a_pixel_outside_the_outline(model):
    _, v, _ = drawn()
    z = torch.randn(len(v), model.latent, generator=torch.Generator().manual_seed(0))
    outline = model.decoder(v, torch.zeros_like(z)).mean
    assert (model.decode(v, z).mean <= outline + 1e-6).all()


def test_the_outline_is_that_of_sprites_without_a_style(model, explorer):
    own, plain = model.decoder.state_dict(), explorer.checkpoint.model.decoder.state_dict()
    assert all(torch.equal(own[name], plain[name]) for name in plain)


def test_a_fresh_model_learns_all_but_the_outline():
    torch.manual_seed(0)
    fresh = build("scm-vae-styled", dataset_named("styled-sprites"), {"hidden": 8})
    learned = {name.split(".")[0] for name, p in fresh.named_parameters() if p.requires_grad}
    assert learned == {"texture", "encoder"}
    assert fresh.reads_latent


def test_a_window_at_the_edge_of_the_canvas_paints_the_same(model):
    """Sprites at opposite corners, a whole number of pixels apart, have the same picture."""
    corners = torch.tensor([[2, 4, 7, 0, 0], [2, 4, 7, 31, 31]])
    z = torch.randn(1, model.latent, generator=torch.Generator().manual_seed(2)).expand(2, -1)
    one, two = model.decode(corners, z).mean
    torch.testing.assert_close(one[:32, :32], two[32:, 32:], atol=2e-3, rtol=0)


def test_z_of_one_picture_paints_its_style_on_another_sprite(model):
    """The mean of q(z | x, v), decoded under other factors, against the renderer."""
    units, v, x = drawn(200)
    other, changed, _ = drawn(200, seed=1)
    z = model.encode(x, v).mean
    wanted = styled_sprites.render(np.concatenate([other[:, :5], units[:, 5:]], axis=1))
    painted = (model.decode(changed, z).mean > 0.5).numpy()
    union = (painted | (wanted > 0)).sum((1, 2))
    shared = (painted & (wanted > 0)).sum((1, 2))
    assert (shared / union).mean() > 0.95


def test_other_factors_are_refused():
    other = Dataset("other", (Variable("shape", (0.0, 1.0)),), lambda units: units)
    with pytest.raises(ValueError, match="scm-vae-styled learns .*shape, scale, orientation"):
        build("scm-vae-styled", other, {})


def test_bad_sizes_get_one_sentence():
    with pytest.raises(ValueError, match="waves is 33: it takes a whole number from 1 to 32"):
        build("scm-vae-styled", dataset_named("styled-sprites"), {"waves": 33})
