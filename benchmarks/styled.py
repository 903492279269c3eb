"""The SCM-VAE on styled sprites: does abduction keep a style, and what would be lost without it.

Every figure is of held-out units. A counterfactual is asked with 1,001 draws under the default
story, and once more with z and the pixels' noise from their prior; IoU of the density with the
truth, style included. A fourth as many draws of z as of the factors are dealt out to the distinct
combinations of factors, two of them at least to each: the density is the weighted mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

import causal_explorer as ce
from benchmarks.kept import keep, told
from benchmarks.options import parser, recorded
from causal_explorer.data.styled_sprites import FACTORS, STYLES, UNIT, StyledPictures
from causal_explorer.inference.explorer import Explorer
from causal_explorer.metrics.composition import composition
from causal_explorer.metrics.likelihood import likelihood
from causal_explorer.metrics.paths import decoder_mean
from causal_explorer.metrics.probe import Probed, draw_latents, probe
from causal_explorer.metrics.queries import Query, queries_about
from causal_explorer.metrics.reversibility import reversibility
from causal_explorer.metrics.style import style_kept

_ID = "scm-vae-styled"
_SAMPLES = 1_001
_PROBED = 16_384  # pictures that the probe learns from, and as many that it is scored on
_WAYS = {"abducted": "exact", "prior": "prior"}
_TARGETS: dict[str, tuple[str, ...] | None] = {"1 to 3 at random": None} | {
    factor.name: (factor.name,) for factor in FACTORS
}
_DATA = "held-out styled sprites"


@dataclass(frozen=True)
class Asked:
    """Q queries about units, each asked in several ways.

    Attributes:
        styles: (Q,) int64 kinds of style.
        iou: (Q,) by way.
        l1: (Q,) by way.
        single: (Q,) by way, the IoU of a single draw with its own truth.
        kept: (Q,) by way, whether that draw's picture shows its own style rather than another.
    """

    styles: np.ndarray
    iou: dict[str, np.ndarray]
    l1: dict[str, np.ndarray]
    single: dict[str, np.ndarray]
    kept: dict[str, np.ndarray]


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures, and with --save keeps them with the checkpoint."""
    asked = parser("styled", __doc__)
    asked.add_argument("--checkpoint", default=_ID, help=f"name or path (default {_ID})")
    asked.add_argument("--queries", type=int, default=600, help="behind each figure")
    options = asked.parse_args(arguments)
    sizes = (2, 400) if options.quick else (options.queries, None)
    figures = study(ce.load(options.checkpoint), *sizes)
    found = {"command": recorded(asked, arguments), **figures}
    told(found)
    if options.save:
        keep(options.checkpoint, found)


def study(explorer: Explorer, count: int, most: int | None = None) -> dict[str, Any]:
    """Every figure, as study.json keeps it beside the command.

    Args:
        explorer: of the checkpoint, under the default story.
        count: queries behind each figure.
        most: pictures of a split that are looked at; None for all.
    """
    pictures = StyledPictures(torch.device("cpu"))
    split_seed = explorer.checkpoint.split_seed
    held_out = pictures.rows("test", split_seed)[:most]
    asked = {
        name: ask(explorer, pictures.units[held_out], count, targets)
        for name, targets in tqdm(_TARGETS.items())
    }
    told = probed(explorer, pictures, pictures.rows("validation", split_seed)[:most], held_out)
    first, *others = asked.items()
    rows = [*_overlaps(*first), *_probes(told), *_fits(explorer, pictures, held_out)]
    return {
        "metrics": rows + [row for kind in others for row in _overlaps(*kind)],
        "series": _series(asked, told),
    }


def ask(
    explorer: Explorer, units: np.ndarray, count: int, targets: tuple[str, ...] | None
) -> Asked:
    """Random queries about units, in every way."""
    rng = np.random.default_rng(11)
    chosen = rng.choice(units, count, replace=False)
    queries = queries_about(chosen, UNIT, rng, targets)
    iou, l1, single, kept = ({way: np.empty(count) for way in _WAYS} for _ in range(4))
    for i, query in enumerate(queries):
        for way, abduction in _WAYS.items():
            answer = explorer.counterfactual(
                query.factors, do=query.do, samples=_SAMPLES, seed=i, abduction=abduction
            )
            iou[way][i], l1[way][i] = answer.iou, answer.l1
    for way, abduction in _WAYS.items():
        single[way], kept[way] = _single(explorer, queries, chosen, abduction)
    return Asked(chosen[:, len(FACTORS)], iou, l1, single, kept)


def _single(
    explorer: Explorer, queries: list[Query], units: np.ndarray, abduction: str
) -> tuple[np.ndarray, np.ndarray]:
    """(Q,) IoU of one draw with its truth, and whether its picture shows the unit's own style."""
    pictures, shown, iou = [], [], []
    for i, (query, unit) in enumerate(zip(queries, units, strict=True)):
        answer = explorer.counterfactual(
            query.factors, do=query.do, samples=1, seed=i, abduction=abduction
        )
        iou.append(answer.iou)
        pictures.append(answer.density > 0.5)
        shown.append(np.concatenate([answer.counterfactual[0], unit[len(FACTORS) :]]))
    return np.array(iou), style_kept(np.stack(pictures), np.stack(shown))


def probed(
    explorer: Explorer, pictures: StyledPictures, learnt: np.ndarray, held_out: np.ndarray
) -> dict[str, Probed]:
    """What a probe reads of each factor, and of the style, from draws of z."""
    generator = torch.Generator().manual_seed(0)
    model, rng = explorer.checkpoint.model, np.random.default_rng(0)
    parts = []
    for rows in (learnt, held_out):
        rows = rng.choice(rows, min(_PROBED, len(rows)), replace=False)
        batches = pictures.batches(rows, 1_024)
        z = torch.cat([draw_latents(model, x, v, generator) for v, x in batches])
        parts.append((z, torch.from_numpy(pictures.units[rows])))
    first, second = parts
    return probe(first, second, UNIT, generator)


def _overlaps(name: str, found: Asked) -> list[dict[str, Any]]:
    rows = []
    for way in _WAYS:
        z = "z abducted" if way == "abducted" else "z from the prior"
        said = f"do({name}), {z}"
        rows.append(_row(f"IoU with the truth, {said}", np.nanmean(found.iou[way])))
        rows.append(_row(f"the same of a single draw, {said}", np.nanmean(found.single[way])))
        rows.append(_row(f"style kept, {said}", 100 * found.kept[way].mean(), "%"))
    fall = np.nanmean(found.iou["abducted"]) - np.nanmean(found.iou["prior"])
    return [*rows, _row(f"IoU lost with z from the prior, do({name})", fall)]


def _probes(told: dict[str, Probed]) -> list[dict[str, Any]]:
    return [
        _row(
            f"{name} read from z, above chance",
            100 * (found.accuracy - found.chance),
            "points",
            f"accuracy {found.accuracy:.3f}, chance {found.chance:.3f}",
        )
        for name, found in told.items()
    ]


def _fits(explorer: Explorer, pictures: StyledPictures, rows: np.ndarray) -> list[dict[str, Any]]:
    model, generator = explorer.checkpoint.model, torch.Generator().manual_seed(0)
    found = likelihood(model, pictures.batches(rows, 1_024), generator)
    v, x = pictures(torch.from_numpy(rows[:: max(1, len(rows) // 1_000)]))
    path = decoder_mean(model)
    other = v[torch.randperm(len(v), generator=generator)]  # there and back: another's labels
    axioms = {
        "composition": lambda times: composition(path, x.float(), v, times),
        "reversibility": lambda times: reversibility(path, x.float(), v, other, times),
    }
    return [
        _row("-ELBO", found.loss, "nats an image"),
        _row("of which image term", found.image_nats, "nats"),
        _row("of which KL(q(z) ‖ p(z))", found.kl_nats, "nats"),
        _row("reconstructions equal pixel for pixel", 100 * found.exact, "%"),
        *(
            _row(f"{axiom}, {words}", float(ask(times)), "L1 a pixel", "decoder-mean path")
            for axiom, ask in axioms.items()
            for words, times in (("once", 1), ("ten times", 10))
        ),
    ]


def _row(name: str, ours: Any, unit: str = "", note: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "ours": round(float(ours), 5),
        "paper": None,
        "unit": unit,
        "data": _DATA,
        "note": note,
    }


def _series(asked: dict[str, Asked], told: dict[str, Probed]) -> dict[str, Any]:
    """By style and by target, and what the probe read."""
    some = asked["1 to 3 at random"]
    return {
        "iou_by_style": {"styles": list(STYLES)}
        | {
            way: [_mean(some.iou[way][some.styles == k]) for k in range(len(STYLES))]
            for way in _WAYS
        },
        "iou_by_target": {"targets": list(asked)}
        | {way: [_mean(found.iou[way]) for found in asked.values()] for way in _WAYS},
        "style_kept_by_target": {"targets": list(asked)}
        | {way: [_mean(found.kept[way]) for found in asked.values()] for way in _WAYS},
        "probe": {
            "variables": list(told),
            "accuracy": [_mean(found.accuracy) for found in told.values()],
            "chance": [_mean(found.chance) for found in told.values()],
        },
    }


def _mean(values: Any) -> float:
    return round(float(np.nanmean(values)), 5)


if __name__ == "__main__":
    main()
