"""CausalVAE on the pendulum: the graph over seeds, MIC and TIC beside baselines, and do().

`python -m benchmarks.causal_vae --save` keeps the figures with the checkpoint. It trains four more
graphs, which no picture enters, and the two baselines, with the trainer of the checkpoint.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import torch
from scipy.optimize import linear_sum_assignment

import causal_explorer as ce
from benchmarks.finished import finished
from benchmarks.kept import keep, told
from benchmarks.options import training_parser
from causal_explorer import checkpoint
from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.pictures import Pictures
from causal_explorer.inference.concepts import ConceptExplorer
from causal_explorer.metrics.graph_recovery import structural_hamming_distance
from causal_explorer.metrics.mic import mic_tic
from causal_explorer.models.causal_vae import CausalVAE
from train.config import read_config

NAME = "causal-vae"
_PUBLISHED = {"MIC": 96.3, "TIC": 89.0}  # Yang et al. 2021, table 1, per cent
_PLAIN = ["network.supervised=false", "network.parts=[[0, 1, 2, 3]]"]  # no labels, one decoder
_BASELINES = {  # settings over the checkpoint's config, and their published MIC and TIC
    "unsupervised VAE": (_PLAIN, (21.2, 12.0)),
    "β-VAE, β = 4": ([*_PLAIN, "network.beta=4.0"], (22.6, 12.5)),
}
_ASKED = 200  # held-out units behind each do()
_FEW = 60  # held-out pictures behind MIC and TIC where nothing is measured


def trained(name: str, overrides: list[str], steps: int | None, runs: Path) -> CausalVAE:
    """The model after a run under the checkpoint's recipe with overrides; read where it ended."""
    sets = overrides + ([f"train.steps={steps}"] if steps else [])
    folder = runs / name.replace(" ", "-")
    finished(read_config(NAME, sets), folder)
    return checkpoint.read(folder / NAME, CausalVAE).model


def true_graph() -> np.ndarray:
    """(4, 4) of 0 and 1."""
    dataset = dataset_named("pendulum")
    assert dataset.scm is not None
    names = [variable.name for variable in dataset.variables]
    return nx.to_numpy_array(dataset.scm().graph, nodelist=names)


def seeds(own: CausalVAE, count: int, steps: int | None, runs: Path) -> dict[str, Any]:
    """SHD of the checkpoint's graph and of graphs from other seeds."""
    graphs = [own.graph]
    for seed in range(1, count):
        overrides = ["network.graph_only=true", f"train.seed={seed}"]
        graphs.append(trained(f"graph-{seed}", overrides, steps, runs).graph)
    true = true_graph()
    found = [graph.adjacency.detach().numpy() for graph in graphs]
    return {
        "shd_by_seed": [structural_hamming_distance(one, true) for one in found],
        "edges_by_seed": [graph.edges.detach().tolist() for graph in graphs],
    }


@torch.no_grad()
def information(model: CausalVAE, pictures: Pictures, most: int | None) -> dict[str, float]:
    """MIC and TIC in per cent of each concept with its latent: by number, and best matched."""
    rows = pictures.rows("test")[:most]
    v, x = pictures(torch.from_numpy(rows))
    z = torch.cat([model.encode(part).mean for part in x.split(128)]).numpy()
    table = np.array([[mic_tic(z[:, k], u) for k in range(z.shape[1])] for u in v.numpy().T])
    own = table[np.arange(len(table)), np.arange(len(table))].mean(0)
    best = table[linear_sum_assignment(-table[..., 0])].mean(0)
    names = ("MIC", "TIC", "MIC best matched", "TIC best matched")
    return {n: 100 * float(f) for n, f in zip(names, (*own, *best), strict=True)}


def interventions(
    explorer: ConceptExplorer, pictures: Pictures, count: int, seed: int = 0
) -> dict[str, Any]:
    """Errors under do() at values between those of the grid, on held-out units.

    Returns:
        "read": by target, the mean absolute error of each concept after, as the model predicts
        it, per cent of its range in the data; "seen": likewise, read off the decoded picture by
        the encoder; "seen_truth": read off the true one, which is the encoder's own error;
        "l1": by target, of the picture; "l1_nothing": of the reconstruction, which answers nothing.
    """
    rng = np.random.default_rng(seed)
    dataset = explorer.dataset
    v, _ = pictures(torch.from_numpy(pictures.rows("test")))
    names = [variable.name for variable in dataset.variables]
    low, high = v.numpy().min(0), v.numpy().max(0)
    keys = ("read", "seen", "seen_truth", "l1", "l1_nothing")
    found: dict[str, Any] = {key: {} for key in keys}
    for place, target in enumerate(names):
        errors = []
        for row in rng.choice(len(v), count):
            value = float(rng.uniform(low[place], high[place]))
            unit = {"angle": float(v[row, 0]), "light": float(v[row, 1])}
            answer = explorer.counterfactual(unit, {target: value})
            told = [answer.read, explorer.read(answer.density), explorer.read(answer.truth)]
            off = [[abs(one[n] - answer.counterfactual[n]) for n in names] for one in told]
            nothing = float(np.abs(answer.reconstruction - answer.truth).mean())
            errors.append([*(100 * np.array(off) / (high - low)).ravel(), answer.l1, nothing])
        mean = np.mean(errors, axis=0)
        parts = [*mean[:-2].reshape(3, -1).tolist(), *mean[-2:].tolist()]
        for key, part in zip(keys, parts, strict=True):
            found[key][target] = part
    return found


def study(count: int, steps: int | None, asked: int, runs: Path) -> dict[str, Any]:
    """All of it."""
    explorer = ce.load(NAME)
    pictures = explorer.dataset.open(torch.device("cpu"))
    most = None if steps is None else _FEW
    recovery = seeds(explorer.model, count, steps, runs)
    asked_of = interventions(explorer, pictures, asked)
    own = information(explorer.model, pictures, most)
    shd = recovery["shd_by_seed"]
    exact = sum(one == 0 for one in shd)
    metrics = [
        _row("SHD, this checkpoint", shd[0], None, "edges", "the paper reports no SHD"),
        _row(f"seeds with SHD 0, of {len(shd)}", exact, None, "", "graphs alone, from zeros"),
    ]
    for name, value in own.items():
        metrics.append(_row(name, value, _PUBLISHED.get(name), "%", "mean over four concepts"))
    for name, (overrides, published) in _BASELINES.items():
        found = information(trained(name, overrides, steps, runs), pictures, most)
        for key, paper in zip(("MIC", "TIC"), published, strict=True):
            note = f"best matched {found[f'{key} best matched']:.1f} %"
            metrics.append(_row(f"{key}, {name}", found[key], paper, "%", note))
    for target, errors in asked_of["read"].items():
        own, seen = max(errors), max(asked_of["seen"][target])
        limit = f"{max(asked_of['seen_truth'][target]):.1f} % off the true picture"
        idle = f"{asked_of['l1_nothing'][target]:.4f} if the reconstruction is left alone"
        metrics += [
            _row(f"do({target}): worst concept's error", own, None, "% of range", "as it is told"),
            _row(f"the same, read off the picture, do({target})", seen, None, "% of range", limit),
            _row(f"picture under do({target})", asked_of["l1"][target], None, "L1 a pixel", idle),
        ]
    series = recovery | {
        "concepts": [variable.name for variable in explorer.dataset.variables],
        "edges_by_progress": explorer.model.graph.history.tolist(),
        "edges": explorer.model.graph.edges.detach().tolist(),
        "do_errors": asked_of,
    }
    command = "python -m benchmarks.causal_vae"
    return {"command": command, "metrics": metrics, "series": series}


def _row(name: str, ours: float, paper: float | None, unit: str, note: str) -> dict[str, Any]:
    data = "pendulum, 1,827 held-out pictures; the paper's own drawing"
    return {"name": name, "ours": ours, "paper": paper, "unit": unit, "data": data, "note": note}


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    options = training_parser(NAME, __doc__).parse_args(arguments)
    torch.set_num_threads(1)
    found = study(
        *((2, 2, 2) if options.quick else (5, None, _ASKED)),
        runs=options.runs / "quick" if options.quick else options.runs,
    )
    told(found)
    if options.save:
        keep(NAME, found)


if __name__ == "__main__":
    main()
