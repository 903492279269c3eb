"""Noisy, cut and cluttered pictures: the posterior against brute force, and how fast it comes.

Every combination of factors is scored by the model for every picture: 737,280 decoded pictures,
one matrix product each. Another build of the project may stand beside, in turns with this one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from tqdm import tqdm

import causal_explorer as ce
from benchmarks.explained import Explained, read
from benchmarks.kept import add, told
from benchmarks.options import parser, recorded
from causal_explorer.data import dsprites, splits
from causal_explorer.data.raster import SIZE

_ROOT = Path(__file__).resolve().parents[1]
_AT_ONCE = 1_024  # combinations decoded in one batch
_CLOSE = 1e-3  # total variation
_LOT = 50  # pictures that a build answers before the other one's turn


def main(arguments: list[str] | None = None) -> None:
    """Prints how far posteriors are from brute force, and keeps it."""
    asked = parser("disturbed", __doc__)
    asked.add_argument("checkpoint", nargs="?", default="scm-vae")
    asked.add_argument("--story", default="independent")
    asked.add_argument("--pictures", type=int, default=400)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--beside", help="a commit whose build answers the same, in turns")
    options = asked.parse_args(arguments)
    options.combinations = dsprites.COUNT
    if options.quick:
        options.pictures, options.combinations, options.beside = 4, 2 * _AT_ONCE, None
    kinds, pictures = disturbed(options.pictures, options.seed)
    with _worktree(options.beside) as builds:
        found = _answers(builds, pictures, options.checkpoint, options.story)
    _score_all(found, pictures, options)
    rows = [row for name, explained in found.items() for row in _rows(name, explained, kinds)]
    study = {"command": recorded(asked, arguments), "metrics": rows}
    told(study)
    if options.save:
        add(options.checkpoint, study)


def disturbed(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Held-out sprites, disturbed.

    Returns:
        (count,) which kind each is: half of them with 0 to 50 flipped pixels, a quarter with a
        quarter of the sprite erased from one side, a quarter with a second sprite; and
        (count, 64, 64) uint8 of 0 and 1.
    """
    rng = np.random.default_rng(seed)
    rows = rng.choice(splits.rows("test"), (2, count), replace=False)
    pictures, others = (dsprites.render(dsprites.classes_of(own)) for own in rows)
    kinds = np.resize(["flipped", "erased", "flipped", "second sprite"], count)
    for picture, other, kind in zip(pictures, others, kinds, strict=True):
        if kind == "flipped":
            flat = picture.reshape(-1)
            flat[rng.choice(SIZE**2, rng.integers(0, 51), replace=False)] ^= 1
        elif kind == "erased":
            turned = np.rot90(picture, int(rng.integers(4)))  # a view of it
            on = np.argwhere(turned)
            turned[tuple(on[: len(on) // 4].T)] = 0
        else:
            picture |= other
    return kinds, pictures


@contextmanager
def _worktree(commit: str | None) -> Iterator[dict[str, Path]]:
    """The trees of the builds to compare: this one, and that of a commit."""
    if commit is None:
        yield {"this build": _ROOT}
        return
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(_ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield {"this build": _ROOT, f"build {commit}": tree}
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def _answers(
    builds: dict[str, Path], pictures: np.ndarray, checkpoint: str, story: str
) -> dict[str, list[Explained]]:
    """Each build's answers, in turns of some pictures, so that both meet the same machine."""
    found: dict[str, list[Explained]] = {name: [] for name in builds}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "pictures.npy", Path(folder) / "answers.npz"
        for start in range(0, len(pictures), _LOT):
            np.save(source, pictures[start : start + _LOT])
            for name, tree in builds.items():
                worker = [sys.executable, "-P", str(_ROOT / "benchmarks" / "explained.py")]
                files = [str(source), str(target), checkpoint, story]
                environment = os.environ | {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
                subprocess.run([*worker, *files], check=True, cwd=tree, env=environment)
                found[name] += read(target)
    return found


@torch.no_grad()
def _score_all(
    found: dict[str, list[Explained]], pictures: np.ndarray, options: argparse.Namespace
) -> None:
    """Brute force: log p(v) p(x | v) of every combination, x · l - Σ log(1 + eˡ) with logits l."""
    explorer = ce.load(options.checkpoint, options.story)
    model, story = explorer.checkpoint.model, explorer.story
    flat = torch.from_numpy(pictures.reshape(len(pictures), -1)).double()
    scores = np.empty((len(pictures), options.combinations))
    for start in tqdm(range(0, options.combinations, _AT_ONCE), leave=False):
        rows = np.arange(start, min(start + _AT_ONCE, options.combinations))
        v = torch.from_numpy(dsprites.classes_of(rows))
        logits = model.decode(v, torch.zeros(len(v), model.latent)).canvas.flatten(1).double()
        prior = story.log_evidence(story.unstack(v))
        scores[:, rows] = flat @ logits.T - functional.softplus(logits).sum(1) + prior
    total = torch.from_numpy(scores).logsumexp(1).numpy()
    for explained in found.values():
        for own, score, whole in zip(explained, scores, total, strict=True):
            rows = dsprites.index(own.classes) if len(own.classes) else np.zeros(0, dtype=np.int64)
            own_score = score[np.minimum(rows, options.combinations - 1)]
            own.exact = np.where(rows < options.combinations, np.exp(own_score - whole), 0)


def _rows(name: str, found: list[Explained], kinds: np.ndarray) -> list[dict[str, Any]]:
    """How far a build's posteriors are from brute force, and how long they took."""
    apart = np.array([_total_variation(own) for own in found])
    beyond = sum(far > 1 - own.covered + 1e-12 for far, own in zip(apart, found, strict=True))
    median, ninth = np.percentile([own.milliseconds for own in found], (50, 90))
    near = f"posterior within {_CLOSE} of brute force in total variation"
    figures = [
        (near, 100 * np.mean(apart <= _CLOSE), "%"),
        *(
            (f"{near}, {k}", 100 * np.mean(apart[kinds == k] <= _CLOSE), "%")
            for k in np.unique(kinds)
        ),
        ("posteriors off by more than 1 - covered", beyond, "pictures"),
        ("pictures without a posterior", sum(not len(own.classes) for own in found), "pictures"),
        ("do(shape) from the image alone, median", median, "ms"),
        ("do(shape) from the image alone, 90th percentile", ninth, "ms"),
    ]
    data = f"{len(found)} disturbed held-out pictures, {name}"
    return [
        {"name": row, "ours": float(own), "paper": None, "unit": unit, "data": data, "note": name}
        for row, own, unit in figures
    ]


def _total_variation(own: Explained) -> float:
    """½ Σ |p̂ - p| over all combinations; those that are not listed have p̂ = 0."""
    unlisted = 1 - own.exact.sum()
    return float(np.abs(own.probabilities - own.exact).sum() + unlisted) / 2


if __name__ == "__main__":
    main()
