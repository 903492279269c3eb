"""β-VAE on dSprites: Higgins' metric with its interval, MIG, DCI, and the trade-off over β.

`python -m benchmarks.beta_vae --save` keeps the figures with the checkpoint. It trains the same
network at every β twice, with the trainer of the checkpoint and its recipe: once as it is, once
with all units open throughout and a code that never turns polar. The latter at β = 1 is the VAE.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.neighbors import KNeighborsClassifier

from benchmarks.finished import finished
from benchmarks.kept import keep, told
from benchmarks.options import training_parser
from causal_explorer import checkpoint
from causal_explorer.data import dsprites, splits
from causal_explorer.metrics.dci import dci
from causal_explorer.metrics.higgins import higgins
from causal_explorer.metrics.mig import mutual_information_gap
from causal_explorer.models.beta_vae import BetaVAE
from causal_explorer.models.polar import PLANE, RADIUS
from train.config import read_config

NAME = "beta-vae"
BETAS = (1.0, 2.0, 4.0, 8.0)  # 1 weighs the KL alike from the first step on
_PUBLISHED = {1.0: 61.58, 4.0: 99.23}  # Higgins et al. 2017, table 1, per cent
_SHAPE, _NEIGHBOURS = 0, 25
_OTHERS = {  # other scores, by key of a point
    "mig": "MIG",
    "disentanglement": "DCI disentanglement",
    "completeness": "DCI completeness",
    "informativeness": "DCI informativeness",
}
_MOVING = (1, 2, 3, 4)  # factors beside the shape, the four that the paper's text counts
_CODED = 8_192  # pictures behind MIG, and behind each half of DCI
_FEW = 400  # likewise of a smoke test
_DATA = "dSprites, 10 latents"
_THEIRS = "; in the paper the 2D shapes that became dSprites"


def trained(
    beta: float, turns: bool, steps: int | None, runs: Path
) -> tuple[BetaVAE, dict[str, Any]]:
    """The model at a β, whose code turns polar or never, and its figures on the test split."""
    folder = checkpoint.find(NAME)
    if beta != shipped_beta() or steps is not None or not turns:
        sets = [f"network.beta={beta}"] + ([f"train.steps={steps}"] if steps else [])
        sets += ["network.start=1.0"] if beta == 1 else []
        sets += [] if turns else ["network.polar=1.0"]
        name = f"beta-{beta:g}" if turns else f"beta-{beta:g}-never-turned"
        run = finished(read_config(NAME, sets), runs / name)
        run.release("test")
        folder = run.folder / NAME
    metrics = json.loads((folder / "metrics.json").read_text())["test"]
    return checkpoint.read(folder, BetaVAE).model, metrics


def shipped_beta() -> float:
    """The β of the checkpoint that is shipped."""
    return read_config(NAME).network["beta"]  # type: ignore[return-value]


@torch.no_grad()
def code(model: BetaVAE, classes: np.ndarray) -> np.ndarray:
    """(N, L) means of q(z | x) of the pictures of (N, 5) classes."""
    pictures = torch.from_numpy(dsprites.render(classes))
    return model.encode(pictures).mean.numpy()


def coded(model: BetaVAE, count: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Codes and classes of pictures of the training and the test split."""
    rng = np.random.default_rng(0)
    drawn = {s: dsprites.classes_of(rng.choice(splits.rows(s), count)) for s in ("train", "test")}
    return {split: (code(model, v), v) for split, v in drawn.items()}


def scores(model: BetaVAE, quick: bool) -> dict[str, float]:
    """Higgins' score with its interval, MIG and DCI."""
    size = {"learnt": 40, "scored": 20, "pairs": 4} if quick else {}
    found, moving = (
        higgins(lambda v: code(model, v), dsprites.DIMENSIONS, seed=0, shared=shared, **size)
        for shared in (None, _MOVING)
    )
    known = coded(model, _FEW if quick else _CODED)
    three = dci(known["train"], known["test"])
    return {
        "higgins": found.accuracy,
        "higgins_low": found.low,
        "higgins_high": found.high,
        "moving": moving.accuracy,
        "mig": mutual_information_gap(*known["test"]),
        "disentanglement": three.disentanglement,
        "completeness": three.completeness,
        "informativeness": three.informativeness,
    }


@torch.no_grad()
def unit_nats(model: BetaVAE, count: int) -> list[float]:
    """KL of each unit, nats a picture, over held-out pictures."""
    rows = np.random.default_rng(0).choice(splits.rows("test"), count)
    q = model.encode(torch.from_numpy(dsprites.render(dsprites.classes_of(rows)))).base_dist
    kl = 0.5 * (q.variance + q.mean.square() - 1) - q.stddev.log()
    return kl.mean(0).tolist()


def shape_read(known: dict[str, tuple[np.ndarray, np.ndarray]], units: slice) -> float:
    """Held-out accuracy of the shape by nearest neighbours in some units of the codes."""
    (learnt, shown), (asked, right) = known["train"], known["test"]
    reader = KNeighborsClassifier(_NEIGHBOURS).fit(learnt[:, units], shown[:, _SHAPE])
    return float(reader.score(asked[:, units], right[:, _SHAPE]))


def measured(beta: float, turns: bool, steps: int | None, runs: Path) -> dict[str, Any]:
    """A point of the trade-off."""
    model, metrics = trained(beta, turns, steps, runs)
    terms = metrics["terms"]
    point = {
        "beta": beta,
        "turns": turns,
        "normalised_beta": beta * model.latents / 64**2,
        "image_nats": terms["image_nats"],
        "kl_nats": terms["kl_nats"],
        **scores(model, steps is not None),
    }
    print(json.dumps(point), flush=True)
    return point


def study(betas: tuple[float, ...], steps: int | None, runs: Path) -> dict[str, Any]:
    """All of it."""
    points = [measured(beta, turns, steps, runs) for turns in (False, True) for beta in betas]
    model, _ = trained(shipped_beta(), True, steps, runs)
    return report(points, model, _CODED if steps is None else _FEW)


def report(points: list[dict[str, Any]], model: BetaVAE, count: int) -> dict[str, Any]:
    """The study of its points and of the shipped model, which is shown so many pictures."""
    [own] = [point for point in points if point["beta"] == shipped_beta() and point["turns"]]
    at = f"β = {own['beta']:g}, turned polar"
    metrics = [_row(point) for point in points]
    metrics.append(
        {"name": f"Higgins' score, the shape never the one to recover, {at}"}
        | {"ours": 100 * own["moving"], "paper": None, "unit": "%", "data": _DATA}
        | {"note": "four factors, chance 25 %"}
    )
    known = coded(model, count)
    for name, units in (("the unit of the radius", RADIUS), ("the plane of the ring", PLANE)):
        metrics.append(
            {"name": f"Shape read from {name} alone, {at}", "ours": 100 * shape_read(known, units)}
            | {"paper": None, "unit": "%", "data": "dSprites, held out", "note": "chance 33 %"}
        )
    for key, name in _OTHERS.items():
        metrics.append(
            {"name": f"{name}, {at}", "ours": own[key], "paper": None}
            | {"unit": "", "data": "dSprites, held out", "note": ""}
        )
    series = {"trade_off": points, "unit_nats": unit_nats(model, count)}
    return {"command": "python -m benchmarks.beta_vae", "metrics": metrics, "series": series}


def _row(point: dict[str, Any]) -> dict[str, Any]:
    beta, turns = point["beta"], point["turns"]
    paper = None if turns else _PUBLISHED.get(beta)
    interval = f"{100 * point['higgins_low']:.1f} to {100 * point['higgins_high']:.1f} %"
    plain = "VAE" if beta == 1 else f"β = {beta:g}"
    return {
        "name": f"Higgins' score, {f'β = {beta:g}, turned polar' if turns else plain}",
        "ours": 100 * point["higgins"],
        "paper": paper,
        "unit": "%",
        "data": _DATA if paper is None else _DATA + _THEIRS,
        "note": f"{interval}; MIG {point['mig']:.2f}, DCI {point['disentanglement']:.2f}; "
        f"image {point['image_nats']:.1f} nats, KL {point['kl_nats']:.1f}; one training",
    }


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    options = training_parser(NAME, __doc__).parse_args(arguments)
    torch.set_num_threads(1)
    quick = options.quick
    found = study(
        (shipped_beta(),) if quick else BETAS,
        2 if quick else None,
        options.runs / "quick" if quick else options.runs,
    )
    told(found)
    if options.save:
        keep(NAME, found)


if __name__ == "__main__":
    main()
