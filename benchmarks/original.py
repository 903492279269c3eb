"""The class project's recipe that this began with, in our own words.

Its dense SCM-VAE is the model scm-vae-mlp, 1,000 units wide. A query is mean-field SVI over
all the noise (1,500 steps of SGD at a rate of 1e-5), then 1,000 passes one by one.
"""

from __future__ import annotations

import numpy as np
import torch
from tqdm import tqdm

from benchmarks.effort import Effort
from causal_explorer.data import dsprites
from causal_explorer.inference.svi import fit, paint
from causal_explorer.metrics.queries import Query
from causal_explorer.models.scm_vae_mlp import SCMVAEMLP
from causal_explorer.scm.actions import Set

EPOCHS, IMAGES = 10, 736_280  # that its training loss took


def svi_counterfactual(model: SCMVAEMLP, query: Query, effort: Effort) -> np.ndarray:
    """(64, 64) the mean of single passes after mean-field SVI, as the original computed it."""
    v = torch.tensor(list(query.factors.values()))
    x = torch.from_numpy(dsprites.render(v[None].numpy()))[0].float()
    names, settings = [factor.name for factor in dsprites.FACTORS], effort.svi
    do = {names.index(name): Set(k) for name, k in query.do.items()}
    with tqdm(total=settings.steps, desc="SVI", leave=False) as bar:
        fitted = fit(model, v, x, settings, lambda step, loss: _ticked(bar))
    total = torch.zeros(64, 64)
    with torch.no_grad():
        for _ in range(effort.passes):
            total += paint(model, fitted.draw(1), do).view(64, 64)
    return (total / effort.passes).numpy()


def _ticked(bar: tqdm) -> None:
    bar.update()
