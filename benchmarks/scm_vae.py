"""SCM-VAE on sprites: its check, its likelihood and its averages, as a row for each figure.

`python -m benchmarks.scm_vae --save` keeps the figures with the checkpoint, and the whole report
of `python -m causal_explorer check` that most of them are from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import causal_explorer as ce
from benchmarks.fidelity import DRAWS, averages, held_out
from benchmarks.kept import keep, told
from benchmarks.options import parser, recorded
from causal_explorer.metrics.likelihood import Likelihood
from causal_explorer.metrics.report import ANY, check
from causal_explorer.metrics.truth import TruthError

NAME = "scm-vae"
_MEAN = "decoder-mean path"


def checked(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The figures of a check: single draws, axioms and what z carries.

    Args:
        report: as `Report.as_dict` gives it.
    """
    for name, found in report["truth"].items():
        kind = "1 to 3 factors" if name == ANY else name
        yield row(f"IoU with the truth, do({kind})", found["iou"], "", "a single draw")
        exact = 100 * found["exact"]
        yield row(f"equal to the truth, do({kind})", exact, "%", "a single draw, all 4,096 pixels")
    for axiom in ("composition", "reversibility"):
        path = report[axiom]["decoder_mean"]
        yield row(f"{axiom}, once", path["once"], "L1 a pixel", _MEAN)
        yield row(f"{axiom}, ten times", path["ten_times"], "L1 a pixel", _MEAN)
    seen = report["effectiveness"]["matrix"]
    worst = min(own[i] for i, own in enumerate(seen))
    yield row("effectiveness, worst factor", worst, "", "read under do() of itself")
    above = {k: 100 * (p["accuracy"] - p["chance"]) for k, p in report["probe"].items()}
    most = max(above, key=lambda k: above[k])
    yield row("label read from z, above chance", above[most], "points", f"most for {most}")


def fit(found: Likelihood) -> Iterator[dict[str, Any]]:
    """-ELBO and exact reconstructions."""
    note = "pixels are a function of the factors"
    yield row("-ELBO", found.loss, "nats an image", f"{found.images:,} pictures; {note}")
    yield row("of which KL(q(z) ‖ p(z))", found.kl_nats, "nats", "")
    exact = 100 * found.exact
    yield row("reconstructions equal pixel for pixel", exact, "%", f"{found.images:,} pictures")


def averaged(kind: str, coupling: str, found: TruthError) -> Iterator[dict[str, Any]]:
    """Of one kind of query under one coupling."""
    note = f"an average of {DRAWS:,} draws"
    yield row(f"IoU with the truth, do({kind}), {coupling}", found.iou, "", note)
    note += f"; of {found.queries - found.empty:,} with a pixel above 0.5"
    yield row(f"equal to the truth, do({kind}), {coupling}", 100 * found.exact, "%", note)


def row(name: str, ours: float, unit: str, note: str) -> dict[str, Any]:
    """A metric, as study.json keeps it."""
    where = {"paper": None, "unit": unit, "data": "dSprites, held out"}
    return {"name": name, "ours": ours, "note": note} | where


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    asked = parser("scm_vae", __doc__)
    asked.add_argument("checkpoint", nargs="?", default=NAME)
    asked.add_argument("--queries", type=int, default=1_000, help="behind each figure")
    options = asked.parse_args(arguments)
    count = 2 if options.quick else options.queries
    explorer = ce.load(options.checkpoint)
    report = check(explorer, count, 0).as_dict()
    figures = [*fit(held_out(explorer, options.quick)), *checked(report)]
    if not explorer.checkpoint.model.reads_latent:  # else an average takes as many draws of z
        for kind, coupling, found in averages(explorer, count):
            figures += averaged(kind, coupling, found)
    study = {
        "command": recorded(asked, arguments),
        "metrics": figures,
        "series": {},
        "check": report,
    }
    told(study)
    if options.save:
        keep(options.checkpoint, study)


if __name__ == "__main__":
    main()
