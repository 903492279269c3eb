import pytest

from causal_explorer.data import dsprites
from causal_explorer.models.registry import build
from causal_explorer.models.scm_vae import SCMVAEConfig


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="has no setting 'depth': it takes latent, corners"):
        build("scm-vae", dsprites.FACTORS, {"depth": 3})
    with pytest.raises(ValueError, match="'gan' is unknown: there is scm-vae, scm-vae-mlp"):
        build("gan", dsprites.FACTORS, {})
    for bad in (0, 1.5, "8", True, 10**30):
        with pytest.raises(ValueError, match="latent is .*whole number from 1 to 8,192"):
            SCMVAEConfig(latent=bad)
    with pytest.raises(ValueError, match="window is 65: it takes a whole number from 1 to 64"):
        SCMVAEConfig(window=65)
