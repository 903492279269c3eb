"""Training runs side by side: their loss curves as one chart, their figures as one table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.checks.measures import table_html
from causal_explorer.ui.training.runs import DIRTY, Line, Run
from causal_explorer.wording import brief

AXES = {"images": "images", "steps": "step", "seconds": "seconds"}  # by the key of a line
# Told apart without red and green: Okabe and Ito 2008, "Color Universal Design".
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a929e")
_MARKERS = ("circle", "square", "diamond", "cross", "x")  # once the colours are used up
_GIVEN = "−ELBO of the picture, given its factors"
_LOSSES = {  # what the loss is, by model: curves of the same loss share a chart
    "scm-vae": _GIVEN,
    "scm-vae-mlp": _GIVEN,
    "scm-vae-styled": _GIVEN,
    "recogniser": "−log q(v | x), of the factors given the picture",
    "beta-vae": "−ELBO of the picture alone, its KL counted β times",
    "ladder-vae": "−ELBO of the picture alone",
    "causal-vae": "−ELBO of the picture given its concepts, its KL counted β times, and penalties",
    "cevae": "−ELBO of picture, treatment and outcome, and −log q of the two",
    "intact-vae": "−ELBO of a picture whose pixels have a density: below 0 is possible",
}
_UNSAVED = "A loss that is not known before the first save"
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
**Loss** is in nats an image, and lower is better; what it counts stands above its chart. Given the
factors, 0 is a model that is sure of every pixel, and right. Other models and other pictures have
other likelihoods: compare a loss with its like alone, which is why the others have charts of their
own.

**Held-out** figures are of combinations of factors that training never saw. **Exact** is the share
of their reconstructions that equal the picture in all 4,096 pixels, where that was measured.

**Time** is of training alone; looks at the validation split are not counted.
"""
Look = tuple[str, str]  # of a run: its colour and its marker


def looks(names: Sequence[str]) -> dict[str, Look]:
    """A colour and a marker for each run, by its place among all: one left out changes none."""
    return {
        name: (_COLOURS[k % len(_COLOURS)], _MARKERS[k // len(_COLOURS) % len(_MARKERS)])
        for k, name in enumerate(names)
    }


def by_loss(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """The runs whose losses can be compared, by what the loss is."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        model = run.config.get("model")
        loss = _LOSSES.get(model, f"Loss of {brief(model)}") if isinstance(model, str) else _UNSAVED
        found.setdefault(loss, []).append(run)
    return found


def figure(runs: Sequence[Run], look: Mapping[str, Look], against: str) -> go.Figure:
    """The loss of each run: training as a thin dotted line, validation with markers.

    Args:
        runs: to compare.
        look: by name of the run.
        against: a key of `AXES`.
    """
    found = go.Figure()
    for run in runs:
        colour, symbol = look[run.name]
        name = as_text(run.name, "plotly")
        common = {"legendgroup": name, "line": {"color": colour}, "marker": {"symbol": symbol}}
        training = common | {"line": {"color": colour, "dash": "dot", "width": 1.5}}
        for kind, key, lines, drawn in (
            ("training", "train_loss", run.lines, training),
            ("validation", "validation_loss", run.looks, common),
        ):
            found.add_scatter(
                **_points(lines, AXES[against], key),
                name=name,
                mode="lines" if kind == "training" else "lines+markers",
                showlegend=bool(lines) and (kind == "validation" or not run.looks),
                hovertemplate=f"{kind}: %{{y:.4g}} nats at %{{x:,.0f}} {against}",
                **drawn,
            )
    found.update_xaxes(title=against, rangemode="tozero")
    losses = _losses(runs)
    spread = max(losses) / min(losses) if losses and min(losses) > 0 else 1.0
    # Ticks at powers of ten, at 1, 2 and 5 of each, or where Plotly likes.
    ticks = 1 if spread > 100 else "D2" if spread > 10 else None
    kind = "log" if not losses or min(losses) > 0 else "linear"  # densities may exceed 1
    found.update_yaxes(title="nats an image", type=kind, tickformat="~g", dtick=ticks)
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
    labels = ", all factors right" if run.config.get("model") == "recogniser" else ""
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
        exact if exact == "–" else exact.replace("%", " %") + labels,
        _word(run.metrics.get("commit")).replace(*DIRTY),
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
