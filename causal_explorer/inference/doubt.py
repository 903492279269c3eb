"""How far a model's pictures fall short of being the renderer's for certain: what bounds a search.

    doubt(v) = Σ_p max(0, C - s_p l_p(v)),   C = 20 nats

with l the logits of p(x | v) and s = ±1 the renderer's pixels. A pixel that differs from the
renderer's costs softplus(s l) ≥ s l ≥ C - max(0, C - s l), any other at least 0, so that

    -log p(x | v) ≥ C d(x, r(v)) - doubt(v)

for every picture x, d counting the pixels that differ. A search that knows all distances and all
doubts knows what it left out. It holds where pictures do not read z.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from causal_explorer.data.dataset import Dataset
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.window import BACKGROUND
from causal_explorer.whole import write_whole

CERTAIN = -BACKGROUND  # C, nats
VAGUE = 255  # nats or more: nothing is known of the likelihood but that it is at most 1
_FILE, _KEY, _WEIGHTS = "doubt.safetensors", "doubt", "weights"
_AT_ONCE = 1_024  # pictures decoded in one batch


@torch.no_grad()
def doubt_of(
    model: ImageMechanism, dataset: Dataset, watch: Callable[[int], object] = lambda count: None
) -> np.ndarray:
    """Measures the doubt of every combination of factors.

    Args:
        model: whose pictures do not read z.
        dataset: that it is about.
        watch: called with the number of combinations that were just measured.

    Returns:
        (K_1, …, K_V) uint8 nats, rounded up; 255 for as much or more.

    Raises:
        ValueError: the pictures read z.
    """
    if model.reads_latent:
        raise ValueError("The model's pictures read z: no bound on their likelihood is known.")
    sizes = tuple(variable.classes for variable in dataset.variables)
    doubts = np.empty(int(np.prod(sizes)), dtype=np.uint8)
    device = next(model.parameters()).device
    for start in range(0, len(doubts), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(doubts)))
        v = np.stack(np.unravel_index(rows, sizes), axis=1)
        z = torch.zeros(len(v), model.latent, device=device)
        logits = model.decode(torch.from_numpy(v).to(device), z).canvas.cpu().double().numpy()
        sign = 2.0 * dataset.render(v) - 1
        short = np.maximum(0, CERTAIN - sign * logits).sum(axis=(1, 2))
        doubts[rows] = np.minimum(np.ceil(short), VAGUE)
        watch(len(rows))
    return doubts.reshape(sizes)


def write(folder: Path, doubts: np.ndarray) -> Path:
    """Keeps the doubts of a checkpoint's model beside its weights.

    Raises:
        OSError: the folder cannot be written; older ones stay as they were.
    """
    return write_whole(folder / _FILE, save({_KEY: doubts}, {_WEIGHTS: _digest(folder)}))


def read(folder: Path, dataset: Dataset) -> np.ndarray | None:
    """The doubts that were kept; None where there are none of these weights."""
    sizes = tuple(variable.classes for variable in dataset.variables)
    try:
        with safe_open(folder / _FILE, "np") as file:
            if (file.metadata() or {}).get(_WEIGHTS) != _digest(folder):
                return None
            doubts = file.get_tensor(_KEY)
    except (OSError, SafetensorError):
        return None
    return doubts if doubts.shape == sizes and doubts.dtype == np.uint8 else None


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
