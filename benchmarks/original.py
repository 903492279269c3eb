"""The class project's recipe that this began with, in our own words.

Its dense SCM-VAE is the model scm-vae-mlp, 1,000 units wide. A query is mean-field SVI over
all the noise (1,500 steps of SGD at a rate of 1e-5), then 1,000 passes one by one.
"""

from __future__ import annotations

import numpy as np
import pyro
import torch
from tqdm import tqdm

from causal_explorer.data import dsprites
from causal_explorer.inference.svi import SVISettings, fit, guide, paint
from causal_explorer.metrics.queries import Query
from causal_explorer.models.scm_vae_mlp import SCMVAEMLP
from causal_explorer.scm.actions import Set

NATS = 16.8  # its training loss of the image after its epochs
EPOCHS, IMAGES = 10, 736_280  # that it took
_PASSES = 1_000


def svi_counterfactual(model: SCMVAEMLP, query: Query) -> np.ndarray:
    """(64, 64) the mean of 1,000 passes after mean-field SVI, as the original computed it."""
    v = torch.tensor(list(query.factors.values()))
    x = torch.from_numpy(dsprites.render(v[None].numpy()))[0].float()
    names, settings = [factor.name for factor in dsprites.FACTORS], SVISettings()
    do = {names.index(name): Set(k) for name, k in query.do.items()}
    with pyro.get_param_store().scope(), tqdm(total=settings.steps, desc="SVI", leave=False) as bar:
        fit(model, v, x, settings, lambda step, loss: _ticked(bar))
        total = torch.zeros(64, 64)
        with torch.no_grad():
            for _ in range(_PASSES):
                total += paint(model, guide(model, v, x), do).view(64, 64)
    return (total / _PASSES).numpy()


def _ticked(bar: tqdm) -> None:
    bar.update()
