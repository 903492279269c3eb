"""What the ladder VAE's ablation found, as the study that is kept with its checkpoint."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from causal_explorer.metrics.active_units import active
from causal_explorer.metrics.importance import Importance

_THEIRS = "binary OMNIGLOT, 28 × 28, 5 layers, in the paper; orders compare, nats do not"
_SINGLE = "of one training each: no order of the recipes"
_MNIST = -82.12  # log p(x) of the five-layer ladder, Sønderby et al. 2016, table 2


@dataclass(frozen=True)
class Row:
    """A row of the ablation.

    Attributes:
        name: what is switched on.
        network: settings that differ from the config's.
        paper: log p(x) on OMNIGLOT, nats, Sønderby et al. 2016, table 3.
    """

    name: str
    network: dict[str, object]
    paper: float


@dataclass(frozen=True)
class Found:
    """What was measured of a row, on the same pictures for all rows.

    Attributes:
        row: the row.
        bounds: on log p(x), by the number of samples.
        kl: (L,) nats of each unit, a layer each, from the picture up.
        moving: units of each layer whose noise is read from the picture.
        points: (N, 2) principal components of z's mean, a layer each.
        epochs: of each look at the validation split, "images" and each layer's nats.
    """

    row: Row
    bounds: dict[int, Importance]
    kl: list[np.ndarray]
    moving: list[int]
    points: list[np.ndarray]
    epochs: list[dict[str, float]]

    @property
    def best(self) -> Importance:
        """The bound of the most samples."""
        return self.bounds[max(self.bounds)]

    @property
    def line(self) -> str:
        """For people."""
        layers = ", ".join(f"{each.sum():.2f}" for each in self.kl)
        bounds = ", ".join(f"{b.nats:.2f} (K = {k})" for k, b in self.bounds.items())
        return (
            f"{self.row.name:<14} log p(x) ≥ {bounds} ± {self.best.standard_error:.2f}; "
            f"KL by layer {layers}; active {active(self.kl)}, moving {self.moving}"
        )


def study(found: Sequence[Found], shapes: np.ndarray, command: str, data: str) -> dict[str, Any]:
    """Metrics and series, as study.json holds them.

    Args:
        found: a row each.
        shapes: (N,) classes of the points.
        command: that printed the figures.
        data: what they were measured on.
    """
    return {"command": command, "metrics": _metrics(found, data), "series": _series(found, shapes)}


def gains(found: Sequence[Found]) -> list[tuple[str, float, float]]:
    """How much each row is above the one before it, and its standard error: nats, paired."""
    names = [f"{b.row.name} above {a.row.name}" for a, b in pairwise(found)]
    apart = [b.best.above(a.best) for a, b in pairwise(found)]
    return [(name, *each) for name, each in zip(names, apart, strict=True)]


def layer_nats(history: Sequence[str], layers: int) -> list[dict[str, float]]:
    """KL of each layer at each look at the validation split, from a run's JSON lines."""
    keys = ["images", *(f"kl_{i}_nats" for i in range(1, layers + 1))]
    lines = [json.loads(line) for line in history]
    return [{key: line[key] for key in keys} for line in lines if "validation_loss" in line]


def principal(z: np.ndarray) -> np.ndarray:
    """(N, 2) projections of (N, L) means on their first two principal components."""
    centred = z - z.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    found = centred @ directions[:2].T
    return np.pad(found, ((0, 0), (0, 2 - found.shape[1])))


def _metrics(found: Sequence[Found], data: str) -> list[dict[str, Any]]:
    rows = []
    for each in found:
        best = each.best
        note = f"± {best.standard_error:.2f}, {best.samples} importance samples"
        rows.append(
            _metric(f"{each.row.name}: log p(x)", best.nats, each.row.paper, "nats", data, note)
        )
    ladder = found[-1].best
    mnist = f"{data}; binary MNIST in the paper"
    rows.append(
        _metric("five-layer ladder: log p(x)", ladder.nats, _MNIST, "nats", mnist, "on MNIST")
    )
    for name, gain, error in gains(found):
        rows.append(
            _metric(
                name, gain, None, "nats", data, f"± {error:.2f} over the same pictures; {_SINGLE}"
            )
        )
    for each in found:
        count, note = active(each.kl), "units above 0.01 nats by layer, from the picture up: "
        layers, told = sum(n > 0 for n in count), ", ".join(map(str, count))
        rows.append(
            _metric(f"{each.row.name}: active layers", layers, None, "of 5", data, note + told)
        )
    return rows


def _metric(
    name: str, ours: float, paper: float | None, unit: str, data: str, note: str
) -> dict[str, Any]:
    where = f"{data}; {_THEIRS}" if paper is not None and "paper" not in data else data
    return {
        "name": name,
        "ours": round(ours, 4),
        "paper": paper,
        "unit": unit,
        "data": where,
        "note": note,
    }


def _series(found: Sequence[Found], shapes: np.ndarray) -> dict[str, Any]:
    return {
        "rows": [each.row.name for each in found],
        "sizes": [len(units) for units in found[0].kl],
        "kl_by_layer": {e.row.name: [_short(u.sum()) for u in e.kl] for e in found},
        "kl_per_unit": {e.row.name: [_short(u) for u in e.kl] for e in found},
        "unit_nats": _short(np.concatenate(found[-1].kl)),
        "active_units": {e.row.name: active(e.kl) for e in found},
        "moving_units": {e.row.name: e.moving for e in found},
        "log_likelihood": {
            e.row.name: [
                {"samples": k, "nats": _short(b.nats), "standard_error": _short(b.standard_error)}
                for k, b in e.bounds.items()
            ]
            for e in found
        },
        "kl_by_epoch": {e.row.name: e.epochs for e in found},
        "points": {e.row.name: [_short(p) for p in e.points] for e in found},
        "point_shapes": shapes.tolist(),
    }


def _short(values: Any) -> Any:
    """Rounded to 4 decimals, as JSON takes it."""
    return np.round(np.asarray(values, dtype=np.float64), 4).tolist()
