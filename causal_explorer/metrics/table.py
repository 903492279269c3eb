"""A report as text for people.

No published figure stands beside it: others measure the axioms on other data (Melistas et al. 2024,
arXiv:2403.20287, on Morpho-MNIST and faces), where z has much to keep.
"""

from __future__ import annotations

from causal_explorer.metrics.report import ANY, Repeated, Report
from causal_explorer.metrics.systems import SystemReport

_Row = tuple[str, ...]
_PATHS = {"decoder_mean": "decoder mean", "sampled": "sampled"}


def table(report: Report) -> str:
    """Every figure of a report, a paragraph for each measure."""
    parts = (_head, _axioms, _effectiveness, _truth, _probe, _minimality)
    return "\n\n".join("\n".join(part(report)) for part in parts)


def system_table(report: SystemReport) -> str:
    """Every figure of a system, a line for each."""
    rows: list[_Row] = [("", "figure")]
    rows += [(own.name, f"{own.value:.5g} {own.unit}".rstrip()) for own in report.figures]
    notes = ["", *(f"  {own.note}".rstrip() for own in report.figures)]
    lines = [line + note for line, note in zip(_grid(rows), notes, strict=True)]
    about = f"{report.units:,} held-out units behind each counterfactual, seed {report.seed}."
    return "\n".join([f"{report.checkpoint} on {report.data}: {about}", "", *lines])


def _head(report: Report) -> list[str]:
    return [
        f"{report.checkpoint} under the story {report.story}, coupling {report.coupling}.",
        f"{report.queries:,} random held-out queries behind each figure, each target forced to "
        f"change; seed {report.seed}.",
    ]


def _axioms(report: Report) -> list[str]:
    rows: list[_Row] = [("", "once", "ten times")]
    for axiom in ("composition", "reversibility"):
        found: dict[str, Repeated] = getattr(report, axiom)
        rows += [
            (f"{axiom}, {_PATHS[path]} path", f"{own.once:.6f}", f"{own.ten_times:.6f}")
            for path, own in found.items()
        ]
    return [
        "Axioms, mean absolute difference a pixel",
        *_grid(rows),
        *axioms_notes(report.minimality.active),
    ]


def axioms_notes(active: int) -> tuple[str, ...]:
    """Which figures of the axioms cannot fail, given how many units of z are active."""
    kept = "The sampled path keeps the noise of the pixels, so its composition is 0 for any model."
    if active:
        return (kept,)
    return (
        kept,
        "No unit of z is active: what comes back is painted from the labels alone, whatever was "
        "seen.",
        "The decoder-mean path cannot fail either, and its figures are the decoder's error.",
    )


def _effectiveness(report: Report) -> list[str]:
    found = report.effectiveness
    rows: list[_Row] = [("", *(f"do({target})" for target in found.targets))]
    for factor, row in zip(found.factors, found.matrix, strict=True):
        rows.append((factor, *(f"{share:.3f}" for share in row)))
    rows.append(("some sprite to the pixel", *(f"{share:.3f}" for share in found.drawn)))
    return [
        "Effectiveness: share of pictures that show a factor (row) as do() wants it (column)",
        *_grid(rows),
        "A decoder that is told the geometry of its shapes is effective by construction.",
    ]


def _truth(report: Report) -> list[str]:
    rows: list[_Row] = [("", "IoU", "worst IoU", "L1 a pixel", "all pixels")]
    for name, own in report.truth.items():
        figures = (f"{own.iou:.5f}", f"{own.worst_iou:.4f}", f"{own.l1:.6f}", f"{own.exact:.3f}")
        rows.append((f"do({name} targets)" if name == ANY else f"do({name})", *figures))
    return [
        "Error against the true picture, one draw each; all pixels: thresholded at 0.5",
        *_grid(rows),
    ]


def _probe(report: Report) -> list[str]:
    rows: list[_Row] = [("", "accuracy", "chance")]
    for factor, own in report.probe.items():
        rows.append((factor, f"{own.accuracy:.3f}", f"{own.chance:.3f}"))
    return [f"Factors told from z by a probe, on {report.probed:,} pictures", *_grid(rows)]


def _minimality(report: Report) -> list[str]:
    found = report.minimality
    return [
        f"z carries {found.kl_nats:.2g} nats an image, KL(q(z | x, v) ‖ p(z)), and "
        f"{found.active} of its {found.latent} units are active."
    ]


def _grid(rows: list[_Row]) -> list[str]:
    """Columns as wide as they need to be, names to the left and figures to the right."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [
        f"{name:<{first}}"
        + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, others, strict=True))
        for name, *cells in rows
    ]
