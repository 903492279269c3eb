"""Image only: how well the posterior names the factors of held-out pictures, and how fast."""

from __future__ import annotations

import statistics
import time

import numpy as np
from tqdm import tqdm

import causal_explorer as ce
from benchmarks.kept import add, told
from benchmarks.options import parser, recorded
from causal_explorer.data import dsprites, splits


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures of the README."""
    asked = parser("evidence", __doc__)
    asked.add_argument("checkpoint", nargs="?", default="scm-vae")
    asked.add_argument("--story", default="default")
    asked.add_argument("--images", type=int, default=1_000)
    options = asked.parse_args(arguments)
    if options.quick:
        options.images = 3
    explorer = ce.load(options.checkpoint, options.story)
    lot = np.random.default_rng(0).choice(splits.rows("test"), options.images, replace=False)
    classes = dsprites.classes_of(lot)
    mass, top, covered, times = [], [], [], []
    for x in tqdm(dsprites.render(classes), leave=False):
        clock = time.perf_counter()
        posterior = explorer.counterfactual(image=x, do={"shape": "square"}).posterior
        times.append(1e3 * (time.perf_counter() - clock))
        # up to symmetry: every combination that draws this very picture is a right name for it
        right = (dsprites.render(posterior.classes) == x).all(axis=(1, 2))
        mass.append(posterior.probabilities[right].sum())
        top.append(right[0])
        covered.append(posterior.covered)
    data = f"{options.images:,} held-out pictures without labels, story {options.story}"
    figures = (
        ("image only: posterior mass on the true factors, up to symmetry", np.mean(mass), ""),
        ("image only: first explanation right", 100 * np.mean(top), "%"),
        ("image only: covered mass, at least", min(covered), ""),
    )
    rows = [
        {"name": name, "ours": float(ours), "paper": None, "unit": unit, "data": data, "note": ""}
        for name, ours, unit in figures
    ]
    study = {"command": recorded(asked, arguments), "metrics": rows}
    told(study)
    print(
        f"do(shape = square) from the image alone, 1,000 samples: median "
        f"{statistics.median(times):.0f} ms, 90th percentile {np.percentile(times, 90):.0f}"
    )
    if options.save:
        add(options.checkpoint, study)


if __name__ == "__main__":
    main()
