"""β-Intact-VAE on faces: counterfactual error and leakage against ρ, beside its baselines.

`python -m benchmarks.intact_vae --save` keeps the figures with the checkpoint. Each variant is
trained at each ρ by the recipe of the checkpoint, and asked of a population in which glasses are
worn by chance: units that no training saw, with another seed and ρ = 0.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.distributions import kl_divergence

from benchmarks.finished import finished
from benchmarks.kept import keep, told
from benchmarks.options import training_parser
from causal_explorer import checkpoint
from causal_explorer.checkpoint import Checkpoint
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.intact import IntactExplorer
from causal_explorer.metrics.leakage import leakage
from causal_explorer.models.intact_vae import VARIANTS, IntactVAE
from train.config import read_config

NAME = "intact-vae"
RHOS = (0.0, 0.5, 0.9)
_UNBIASED = {"name": "faces", "rho": 0.0, "units": 6_000, "seed": 1_000}
_FEW = 300  # units to train on where nothing is measured
_ASKED = 500  # units behind an error
_READ = 6_000  # units behind a leakage
_SAMPLES = 20  # draws of z behind an answer
_LEVEL = 1 / 255  # a pixel that differs by less is the same
_SHOWN = 4  # latents whose density is kept, those that tell most
_DATA = "drawn faces, an unbiased population"


def trained(variant: str, rho: float, steps: int | None, runs: Path) -> Checkpoint[IntactVAE]:
    """A variant under the checkpoint's recipe; read where it ended."""
    sets = [f'network.variant="{variant}"', f"data.rho={rho}"]
    sets += [f"train.steps={steps}", f"data.units={_FEW}"] if steps else []
    if (variant, rho, steps) == ("intact", 0.9, None):
        return checkpoint.read(checkpoint.find(NAME), IntactVAE)
    folder = runs / f"{variant}-{rho}"
    finished(read_config(NAME, sets), folder)
    return checkpoint.read(folder / NAME, IntactVAE)


def unbiased(found: Checkpoint[IntactVAE]) -> IntactExplorer:
    """The model, asked about the unbiased population."""
    return IntactExplorer(replace(found, dataset=dataset_named(_UNBIASED)))


def errors(explorer: IntactExplorer, count: int, seed: int = 0) -> dict[str, float]:
    """Of the other treatment's picture, mean absolute error a pixel and colour.

    Returns:
        "error": the whole picture; "rare": of units whose factual treatment is the rarer one
        given their covariates under ρ; "common": of the others; "reconstruction": of the factual
        picture; "changed": over the pixels alone that the treatment changes; "nothing" and
        "changed_nothing": of the factual picture taken for the answer, over all and over those.
    """
    dataset = explorer.dataset
    pictures: Any = dataset.open(torch.device("cpu"))
    names = [variable.name for variable in (*dataset.variables, *dataset.hidden)]
    each = []
    for row in np.random.default_rng(seed).choice(len(pictures.v), count, replace=False):
        values = [*pictures.v[row].tolist(), *pictures.hidden[row].tolist()]
        unit = dict(zip(names, values, strict=True))
        answer = explorer.counterfactual(unit, {names[0]: 1 - values[0]}, samples=_SAMPLES)
        rare = values[0] != values[1]  # the data tie glasses to being male
        drawn = np.abs(answer.reconstruction - answer.original).mean()
        nothing, missed = (
            np.abs(shown - answer.truth) for shown in (answer.original, answer.density)
        )
        moved = nothing > _LEVEL
        each.append(
            (answer.l1, rare, drawn, nothing.mean(), missed[moved].mean(), nothing[moved].mean())
        )
    table = np.array(each)
    scarce = table[:, 1] == 1
    return {
        "error": float(table[:, 0].mean()),
        "rare": float(table[scarce, 0].mean()),
        "common": float(table[~scarce, 0].mean()),
        "reconstruction": float(table[:, 2].mean()),
        "nothing": float(table[:, 3].mean()),
        "changed": float(table[:, 4].mean()),
        "changed_nothing": float(table[:, 5].mean()),
    }


@torch.no_grad()
def drawn_latents(explorer: IntactExplorer, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(N, L) draws of z and (N,) treatments of the unbiased population."""
    pictures = explorer.dataset.open(torch.device("cpu"))
    generator, z, t = torch.Generator().manual_seed(0), [], []
    for v, y in pictures.batches(np.arange(count), 500):
        q = explorer.model.encode(v, y)
        z.append(q.mean + q.stddev * torch.randn(q.mean.shape, generator=generator))
        t.append(v[:, 0])
    return torch.cat(z).numpy(), torch.cat(t).numpy()


@torch.no_grad()
def unit_nats(explorer: IntactExplorer, count: int) -> list[float]:
    """KL of each latent to its prior given the covariates, nats a picture."""
    pictures, each = explorer.dataset.open(torch.device("cpu")), []
    for v, y in pictures.batches(np.arange(count), 500):
        q, p = explorer.model.encode(v, y), explorer.model.balanced_prior(v)
        each.append(kl_divergence(q.base_dist, p.base_dist))
    return [round(nats, 4) for nats in torch.cat(each).mean(0).tolist()]


def densities(z: np.ndarray, t: np.ndarray) -> list[dict[str, Any]]:
    """Histograms by treatment of the latents that vary most between units."""
    found = []
    for place in np.argsort(-z.std(0))[:_SHOWN]:
        low, high = np.percentile(z[:, place], (0.5, 99.5))
        edges = np.linspace(low, high, 41)
        by_t = {str(k): np.histogram(z[t == k, place], edges, density=True)[0] for k in (0, 1)}
        x = np.round((edges[:-1] + edges[1:]) / 2, 4).tolist()
        shares = {k: np.round(share, 4).tolist() for k, share in by_t.items()}
        found.append({"latent": int(place), "x": x} | shares)
    return found


def study(steps: int | None, asked: int, read: int, rhos: tuple[float, ...], runs: Path) -> Any:
    """All of it."""
    points, own_series = [], {}
    for variant in VARIANTS:
        for rho in rhos:
            explorer = unbiased(trained(variant, rho, steps, runs))
            z, t = drawn_latents(explorer, read)
            own = errors(explorer, asked) | {"leakage": leakage(z, t)}
            points.append({"variant": variant, "rho": rho} | own)
            print(json.dumps(points[-1]), flush=True)
            if (variant, rho) == ("intact", rhos[-1]):
                own_series = {
                    "latent_density": densities(z, t),
                    "unit_nats": unit_nats(explorer, read),
                }
    series = {
        f"{key}_by_rho": {
            variant: [[p["rho"], p[source]] for p in points if p["variant"] == variant]
            for variant in VARIANTS
        }
        for key, source in (("error", "error"), ("leakage", "leakage"))
    }
    series |= {"by_variant": points, **own_series}
    command = "python -m benchmarks.intact_vae"
    return {"command": command, "metrics": list(_rows(points)), "series": series}


def _rows(points: list[dict[str, Any]]) -> Any:
    top = max(point["rho"] for point in points)
    for point in points:
        if point["rho"] == top:
            name = f"{point['variant']}, ρ = {top:g}"
            note = (
                f"{point['rare']:.4f} where the factual treatment was rare, {point['common']:.4f} "
                f"elsewhere; reconstruction {point['reconstruction']:.4f}"
            )
            yield _row(f"counterfactual error, {name}", point["error"], "L1 a pixel", note)
            yield _row(
                f"likewise where the treatment changes pixels, {name}",
                point["changed"],
                "L1 a pixel",
                "those pixels alone",
            )
            yield _row(
                f"t read from z, {name}", 100 * point["leakage"], "%", "of a draw of z; chance 50"
            )
    idle = "the picture left alone"
    yield _row(f"counterfactual error, {idle}", points[0]["nothing"], "L1 a pixel", "no model")
    yield _row(
        f"likewise where the treatment changes pixels, {idle}",
        points[0]["changed_nothing"],
        "L1 a pixel",
        "those pixels alone",
    )
    by_name = {p["variant"]: p["error"] for p in points if p["rho"] == top}
    ratio = by_name["intact"] / by_name["no-x"]
    yield _row(f"error over no-x, ρ = {top:g}", ratio, "", "below 1 is better")


def _row(name: str, ours: float, unit: str, note: str) -> dict[str, Any]:
    paper = {"paper": None, "unit": unit, "data": f"{_DATA}; the paper reports no figures on faces"}
    return {"name": name, "ours": ours, "note": note} | paper


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    options = training_parser(NAME, __doc__).parse_args(arguments)
    torch.set_num_threads(1)
    if options.quick:
        found = study(2, 4, 200, (0.9,), options.runs / "quick")
    else:
        found = study(None, _ASKED, _READ, RHOS, options.runs)
    told(found)
    if options.save:
        keep(NAME, found)


if __name__ == "__main__":
    main()
