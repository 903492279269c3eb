"""The ladder VAE's ablation: `python -m benchmarks.ladder_vae --save`.

Trains the same layers with batch normalisation, warm-up and the ladder switched on one by one,
under one recipe, and compares held-out log-likelihood and active units. A run that is complete
is taken as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from torch import Tensor

from benchmarks.finished import finished
from benchmarks.kept import keep
from benchmarks.ladder_study import Found, Row, gains, layer_nats, principal, study
from benchmarks.options import recorded, training_parser
from causal_explorer.metrics.active_units import moving, unit_kl
from causal_explorer.metrics.importance import importance
from causal_explorer.models.ladder_vae import LadderVAE
from train.config import read_config
from train.loop import Run

ROWS = (
    Row("VAE", {"ladder": False, "batch_norm": False, "warm_up": 0.0}, -110.46),
    Row("+BN", {"ladder": False, "warm_up": 0.0}, -105.45),
    Row("+BN +WU", {"ladder": False}, -102.48),
    Row("LVAE +BN +WU", {}, -102.11),
)
_ID = "ladder-vae"
_BATCH = 250  # pictures
_POINTS = 400  # of a projection
_SOME = 100  # samples of a bound that is reported beside the best one


def main(arguments: list[str] | None = None) -> None:
    """Trains, measures and prints each row; with --save keeps the study with the checkpoint."""
    asked = _parser()
    options = asked.parse_args(arguments)
    if options.quick:
        options.images, options.samples = 100, 5
    found, shapes = [], np.zeros(0)
    for row in ROWS:
        run = _trained(row, options)
        v, x = _held_out(run, options.images)
        shapes = v[:_POINTS, 0].numpy()
        found.append(_measured(row, run, x, options.samples))
        print(found[-1].line, flush=True)
    for name, gain, error in gains(found):
        print(f"{name}: {gain:.2f} ± {error:.2f} nats, paired")
    if options.save:
        command = recorded(asked, arguments)
        data = f"dSprites, {options.images:,} held-out pictures"
        keep(_ID, study(found, shapes, command, data))


def _parser() -> argparse.ArgumentParser:
    found = training_parser(_ID, __doc__)
    found.add_argument("--seed", type=int, default=0, help="of training")
    found.add_argument("--images", type=int, default=1_000, help="held-out pictures to measure")
    found.add_argument("--samples", type=int, default=500, help="draws of z for each")
    return found


def _trained(row: Row, options: argparse.Namespace) -> Run:
    """The row's run: started, or continued where it stopped."""
    config = read_config(_ID)
    recipe = replace(config.train, seed=options.seed)
    if options.quick:
        recipe = replace(recipe, steps=2, log_every=1, validate_every=1, save_every=2)
    config = replace(config, network={**config.network, **row.network}, train=recipe)
    return finished(config, options.runs / _folder(row, options))


def _folder(row: Row, options: argparse.Namespace) -> str:
    own = "" if row is ROWS[-1] else "-" + row.name.lower().replace(" +", "-").strip("+")
    seed = f"-seed{options.seed}" if options.seed else ""
    return _ID + own + seed + ("-quick" if options.quick else "")


def _held_out(run: Run, images: int) -> tuple[Tensor, Tensor]:
    """Labels and pictures from the test split, the same for every row."""
    rows = run.pictures.rows("test", run.config.train.split_seed)
    lot = np.random.default_rng(0).choice(rows, images, replace=False)
    return run.pictures(torch.from_numpy(lot))


@torch.no_grad()
def _measured(row: Row, run: Run, x: Tensor, samples: int) -> Found:
    model = cast(LadderVAE, run.averaged)
    batches = x.float().split(_BATCH)
    each = sorted({1, min(_SOME, samples), samples})
    bounds = {k: importance(_weigher(model), batches, k) for k in each}
    kl = unit_kl(model, batches, torch.Generator().manual_seed(0))
    reads = moving(model.encode(x).mean.numpy())
    parts = np.split(reads, np.cumsum(model.sizes)[:-1])
    layers = model.infer(x[:_POINTS], draw=False)
    return Found(
        row=row,
        bounds=bounds,
        kl=kl,
        moving=[int(part.sum()) for part in parts],
        points=[principal(layer.z.double().numpy()) for layer in layers],
        epochs=layer_nats(run.state.history, len(model.sizes)),
    )


def _weigher(model: LadderVAE) -> Callable[[Tensor], Tensor]:
    """log p(x, z) - log q(z | x) at draws that are the same for every call of the benchmark."""
    draws = torch.Generator().manual_seed(0)
    return lambda x: model.log_weight(x, draws)


if __name__ == "__main__":
    main()
