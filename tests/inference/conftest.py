import pytest
import torch

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build


@pytest.fixture(scope="module")
def model():
    """Untrained, with a z that matters."""
    torch.manual_seed(0)
    model = build("scm-vae", dataset_named("dsprites"), {"latent": 2}).requires_grad_(False)
    model.decoder.outlines.bend.normal_(std=0.1)
    return model
