"""SCM-VAE on sprites: its check, as a row for each figure.

`python -m benchmarks.scm_vae --save` keeps the figures with the checkpoint.
`python -m causal_explorer check scm-vae` prints the whole report that they are from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import causal_explorer as ce
from benchmarks.fidelity import held_out
from benchmarks.kept import keep, told
from benchmarks.options import parser
from causal_explorer.metrics.report import Report, check

NAME = "scm-vae"
_QUERIES = 1_000  # behind a figure


def rows(report: Report, nats: float) -> Iterator[dict[str, Any]]:
    """The figures.

    Args:
        report: of the checkpoint.
        nats: its -ELBO an image, on the test split.
    """
    own = report.as_dict()
    for name, found in own["truth"].items():
        kind = f"do({name} factors)" if name == "1 to 3" else f"do({name})"
        note = f"equal pixel for pixel in {100 * found['exact']:.1f} %"
        yield _row(f"IoU with the truth, {kind}", found["iou"], "", note)
    for axiom in ("composition", "reversibility"):
        path = own[axiom]["decoder_mean"]
        yield _row(f"{axiom}, once", path["once"], "L1 a pixel", "decoder-mean path")
    above = {k: 100 * (p["accuracy"] - p["chance"]) for k, p in own["probe"].items()}
    most = max(above, key=lambda k: above[k])
    yield _row("label read from z, above chance", above[most], "points", f"most for {most}")
    yield _row("-ELBO", nats, "nats an image", "pixels are a function of the factors")


def _row(name: str, ours: float, unit: str, note: str) -> dict[str, Any]:
    where = {"paper": None, "unit": unit, "data": "dSprites, held out"}
    return {"name": name, "ours": ours, "note": note} | where


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    options = parser("scm_vae", __doc__).parse_args(arguments)
    explorer = ce.load(NAME)
    report = check(explorer, 2 if options.quick else _QUERIES, 0)
    figures = list(rows(report, held_out(explorer, options.quick).loss))
    found = {"command": "python -m benchmarks.scm_vae", "metrics": figures, "series": {}}
    told(found)
    if options.save:
        keep(NAME, found)


if __name__ == "__main__":
    main()
