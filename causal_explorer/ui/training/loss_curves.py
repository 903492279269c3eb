"""Training runs side by side: their loss curves as one chart, their figures as one table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from causal_explorer.ui.checks.measures import table_html
from causal_explorer.ui.training.runs import Line, Run

AXES = {"images": "images", "steps": "step", "seconds": "seconds"}  # by the key of a line
_COLOURS = ("#4c8fd6", "#e8912d", "#5aa469", "#a678c8", "#d0605e", "#8a929e")
_MOST = 2_000  # points of a curve: more than that are pixels on pixels
_ROWS = (
    "model",
    "device",
    "processes",
    "training time",
    "steps",
    "images a second",
    "held-out loss, nats",
    "exact",
    "commit",
)
MEANING = """
**Loss** of an image model is −ELBO in nats an image, given its factors: what the picture still
costs once they are known. 0 is a model that is sure of every pixel, and right. The recogniser's is
−log q(v | x), of the factors given the picture. Compare a loss with its like alone: other models
and other pictures have other likelihoods, and where pixels have a density it may be below 0.

**Held-out** figures are of combinations of factors that training never saw. **Exact** is the share
of their reconstructions that equal the picture in all 4,096 pixels.

**Time** is of training alone; looks at the validation split are not counted.
"""


def colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each run, by its place among all, so that none changes when one is left out."""
    return {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names)}


def figure(runs: Sequence[Run], palette: Mapping[str, str], against: str) -> go.Figure:
    """The loss of each run: training as a thin dotted line, validation with markers.

    Args:
        runs: to compare.
        palette: colours by name of the run.
        against: a key of `AXES`.
    """
    found = go.Figure()
    for run in runs:
        common = {"legendgroup": run.name, "line": {"color": palette[run.name], "dash": "solid"}}
        training = common | {"line": {"color": palette[run.name], "dash": "dot", "width": 1.5}}
        for kind, key, lines, look in (
            ("training", "train_loss", run.lines, training),
            ("validation", "validation_loss", run.looks, common),
        ):
            found.add_scatter(
                **_points(lines, AXES[against], key),
                name=run.name,
                mode="lines" if kind == "training" else "lines+markers",
                showlegend=bool(lines) and (kind == "validation" or not run.looks),
                hovertemplate=f"{kind}: %{{y:.4g}} nats at %{{x:,.0f}} {against}",
                **look,
            )
    found.update_xaxes(title=against, rangemode="tozero")
    losses = _losses(runs)
    spread = max(losses) / min(losses) if losses and min(losses) > 0 else 1.0
    decades = 1 if spread > 100 else None  # ticks at powers of ten, or where Plotly likes
    kind = "log" if not losses or min(losses) > 0 else "linear"  # densities may exceed 1
    found.update_yaxes(title="nats an image", type=kind, tickformat="~g", dtick=decades)
    found.update_layout(
        height=420,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        dragmode=False,
    )
    return found


def _points(lines: Sequence[Line], x: str, y: str) -> dict[str, list[float]]:
    """Evenly spread ones where there are many."""
    shown = lines[:: len(lines) // _MOST + 1]
    return {"x": [line[x] for line in shown], "y": [line[y] for line in shown]}


def _losses(runs: Sequence[Run]) -> list[float]:
    """All that is shown."""
    keys = ("train_loss", "validation_loss")
    return [line[key] for run in runs for line in run.lines for key in keys if key in line]


def in_words(runs: Sequence[Run]) -> str:
    """Where each curve ends, for those who do not see it."""
    ends = [
        f"{run.name} {run.looks[-1]['validation_loss']:.4g} after "
        f"{run.looks[-1]['images']:,.0f} images"
        for run in runs
        if run.looks
    ]
    return f"Validation loss in nats an image: {'; '.join(ends) or 'not measured yet'}."


def compared_html(runs: Sequence[Run]) -> str:
    """A column for each run."""
    columns = [_figures(run) for run in runs]
    rows = [(row, *cells) for row, *cells in zip(_ROWS, *columns, strict=True)]
    return table_html(("", *(run.name for run in runs)), rows)


def _figures(run: Run) -> tuple[str, ...]:
    """A cell for each of the rows; a dash where nothing is known."""
    last = run.lines[-1] if run.lines else {}
    step, seconds = last.get("step"), last.get("seconds")
    split, measured = run.held_out
    saved = run.metrics.get("step", step)
    when = "" if saved == step else f" at step {_number(saved)}"
    whose = "" if split == "test" else f", {split}{when}"
    labels = "" if "image_nats" in measured else ", all factors right"
    loss, exact = _number(measured.get("loss"), ".4f"), _number(measured.get("exact"), ".2%")
    recipe = run.config.get("train")
    steps = recipe.get("steps") if isinstance(recipe, dict) else None
    return (
        _word(run.config.get("model")),
        _word(run.metrics.get("device")),
        _number(run.metrics.get("processes")),
        _duration(seconds),
        _number(step) + ("" if steps in (None, step) else f" of {_number(steps)}"),
        _number(last["images"] / seconds) if seconds else "–",
        loss + (whose if split else ""),
        exact.replace("%", " %") + (labels if split else ""),
        _word(run.metrics.get("commit")),
    )


def _number(value: object, form: str = ",.0f") -> str:
    return format(value, form) if isinstance(value, int | float) else "–"


def _word(value: object) -> str:
    return value if isinstance(value, str) else "–"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def config_html(run: Run) -> str:
    """Every setting of a run, by its section."""
    rows = []
    for key, value in run.config.items():
        own = value if isinstance(value, dict) else {}
        rows += [(f"{key}.{name}", _setting(setting)) for name, setting in own.items()]
        rows += [] if own else [(key, _setting(value))]
    return table_html(("setting", "value"), rows)


def _setting(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
