"""The four steps in pictures: the pipeline, the noise of pixels and of z, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import plotly.graph_objects as go

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.agreement import l1
from causal_explorer.inference.steps import Pixels, Steps
from causal_explorer.sharing.panel import Figure
from causal_explorer.ui.colours import cividis, diverging
from causal_explorer.ui.noise_figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    Assignment,
    finished,
    ticks,
)
from causal_explorer.ui.pictures import data_uri

STEPS = ("Evidence", "Abduction", "Action", "Prediction")
_KEYS = {  # what the marks of a factor's figures mean
    "gumbel": (
        (BLUE, "■", "log p + u: the highest wins"),
        ("inherit", "○", "log p, without its noise"),
    ),
    "monotone": (
        (BLUE, "—", "F: the step that u hits is v"),
        (f"{BLUE}66", "■", "where u may be"),
        (GREY, "■", "where it is, in {} draws"),
    ),
}
_STYLE = f"""<style>
.st-key-steps .katex {{font-size: 1.02rem}}
.ce-steps {{container-type: inline-size}}
.ce-pipe {{display: flex; align-items: stretch; gap: 0.4rem; margin: 0 !important;
  padding: 0 !important}}
.ce-pipe li {{flex: 1 1 0; min-width: 0; display: flex; gap: 0.75rem; align-items: center;
  list-style: none; margin: 0 !important; padding: 0.5rem; font-size: 0.875rem; line-height: 1.3;
  border: 2px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 6px}}
.ce-pipe li.ce-now {{border-color: {ORANGE}}}
.ce-pipe .ce-tile {{flex: none; width: 64px; height: 64px; border-radius: 3px; overflow: hidden;
  display: flex; align-items: center; justify-content: center; text-align: center;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent)}}
.ce-pipe img {{width: 100%; height: 100%; display: block; image-rendering: pixelated}}
.ce-pipe b, .ce-pipe span {{display: block; overflow-wrap: anywhere}}
.ce-pipe span {{opacity: 0.75}}
.ce-keys {{list-style: none; margin: 0 !important; padding: 0 !important; font-size: 0.875rem;
  line-height: 1.6}}
.ce-keys li {{margin: 0 !important}}
.ce-keys i {{display: inline-block; width: 1.4rem; text-align: center; font-style: normal}}
.ce-set {{height: 300px; display: flex; flex-direction: column; align-items: center;
  justify-content: center; gap: 0.4rem; border-radius: 6px;
  border: 1px dashed color-mix(in srgb, currentColor 40%, transparent)}}
.ce-set b {{font-size: 1.2rem; color: {ORANGE}}}
.ce-pipe .ce-to {{flex: none; align-self: center; opacity: 0.6}}
@container (max-width: 760px) {{
  .ce-pipe {{gap: 0.2rem}}
  .ce-pipe li {{flex-direction: column; gap: 0.3rem; padding: 0.3rem; text-align: center;
    font-size: 0.75rem}}
  .ce-pipe li div + div span {{display: none}}
  .ce-pipe .ce-tile {{width: 48px; height: 48px}}
  .ce-pipe .ce-to {{display: none}}
}}
@media (max-width: 640px) {{.st-key-step button {{padding-inline: 0.45rem}}}}
</style>"""


def pipeline_html(
    answer: CounterfactualAnswer,
    pixels: Pixels,
    draw: int | None,
    do: Mapping[str, str],
    step: int,
) -> str:
    """The four steps side by side, with what each leaves; the open one is framed.

    Args:
        answer: of the question.
        pixels: of its first draws.
        draw: which one; None for the average.
        do: targets and the labels of their values.
        step: the open one, from 1.
    """
    noise = None if pixels.x is None else cividis(expected(pixels, draw))
    after = answer.density if draw is None else pixels.density[draw]
    moves = len(answer.descendants)
    cut = "no edge cut" if not answer.cut else f"✂ {len(answer.cut)}"
    tiles = (
        (_image(answer.original, "The evidence"), "what is known"),
        ("u" if noise is None else _image(noise, "The noise of each pixel"), "the noise"),
        (f"<span>{escape(cut)}</span>", ", ".join(f"{n} := {value}" for n, value in do.items())),
        (
            _image(after, "The counterfactual"),
            f"{moves or 'no'} factor{'s' * (moves > 1)} can move",
        ),
    )
    items = [
        f"<li{' class=ce-now aria-current=step' if place == step else ''}>"
        f'<div class="ce-tile">{tile}</div><div><b>{place} {name}</b>'
        f"<span>{escape(words)}</span></div></li>"
        for place, (name, (tile, words)) in enumerate(zip(STEPS, tiles, strict=True), 1)
    ]
    arrow = '<span class="ce-to" aria-hidden="true">→</span>'
    return f'{_STYLE}<div class="ce-steps"><ol class="ce-pipe">{arrow.join(items)}</ol></div>'


def evidence(answer: CounterfactualAnswer, found: Steps, draw: int | None) -> list[Figure]:
    """What is seen, and what the model expects of its factors."""
    pixels = found.pixels
    seen = Figure("Image x", "what is seen", "The image that is asked about", answer.original)
    if pixels.x is None:
        words = "average of all that it may be"
        seen = Figure("What is known", words, f"Evidence: {words}", answer.original)
    expects = answer.reconstruction if draw is None else pixels.p[draw]
    return [
        seen,
        Figure(
            "p(x = 1 | v, z)",
            "what the model expects, averaged" if draw is None else "expected in this draw",
            "Probability of each pixel by the model",
            expects,
        ),
    ]


def key_html(coupling: str, done: bool, band: bool, count: int) -> str:
    """What the marks of a factor's figures mean.

    Args:
        coupling: of the noise.
        done: whether do() is done, so that there may be two classes.
        band: whether a figure shows more than one draw.
        count: the draws that there are.
    """
    marks = [*_KEYS[coupling], (ORANGE, "★", "the class that it gives")]
    if done:
        marks.append((GREEN, "◯", "the class that it gave before do()"))
    if band and coupling == "gumbel":
        marks.insert(
            2, (GREY, "┃", "mean, and 5 to 95 %, of {} draws" if done else "mean, and 5 to 95 %")
        )
    items = "".join(
        f'<li><i style="color: {colour}" aria-hidden="true">{mark}</i> {words.format(count)}</li>'
        for colour, mark, words in marks
    )
    return f'<ul class="ce-keys">{items}</ul>'


def set_html(name: str, label: str) -> str:
    """In the place of a figure: a target that is set reads no noise."""
    return (
        f'<div class="ce-set"><b>{escape(name)} := {escape(label)}</b>'
        "<span>set by do(): its noise is not read</span></div>"
    )


def expected(pixels: Pixels, draw: int | None) -> np.ndarray:
    """(64, 64) E[u | x]: the middle of each pixel's interval, in one draw or on average."""
    low, high = pixels.interval
    middle = (low + high) / 2
    return middle.mean(0) if draw is None else middle[draw]


def noise_maps(answer: CounterfactualAnswer, pixels: Pixels, draw: int | None) -> list[Figure]:
    """Image, its probability, and the mean noise of each pixel before and after abduction."""
    p = pixels.p.mean(0) if draw is None else pixels.p[draw]
    after = expected(pixels, draw)
    half = cividis(np.full_like(after, 0.5))
    most = _most(after - 0.5)
    return [
        Figure("Image x", "what is seen", "The image", answer.original),
        Figure("p(x = 1 | v, z)", "what the model expects", "Probability of each pixel", p),
        Figure("E[u] before", "1/2 everywhere", "Mean noise before abduction: 1/2", half),
        Figure(
            "E[u | x] after",
            f"at most {most} from 1/2",
            f"Mean noise of each pixel after abduction, at most {most} from 1/2",
            cividis(after),
        ),
    ]


def outcome(answer: CounterfactualAnswer, pixels: Pixels, draw: int | None) -> list[Figure]:
    """Counterfactual and truth, and the differences to the original and to the truth."""
    before, after, truth = pictures(answer, pixels, draw)
    one = draw is not None
    moved, wrong = after - before, after - truth
    return [
        Figure(
            "Counterfactual",
            "P(x′ = 1 | x, v′, z) of the draw" if one else "averaged over all draws",
            "Counterfactual density",
            after,
            "draw_density" if one else "",
        ),
        Figure(
            "Truth",
            "rendered for the draw" if one else "rendered for the same draws, averaged",
            "Truth",
            truth,
            "draw_truth" if one else "",
        ),
        Figure(
            "Counterfactual − original",
            f"changed by at most {_most(moved)}",
            "Counterfactual minus original",
            diverging(moved),
        ),
        Figure(
            "Counterfactual − truth",
            f"wrong by at most {_most(wrong)}",
            f"Counterfactual minus truth, on average {l1(after, truth):.5f}",
            diverging(wrong),
        ),
    ]


def pictures(
    answer: CounterfactualAnswer, pixels: Pixels, draw: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(64, 64) before, after and the truth, of one draw or on average."""
    if draw is None:
        return answer.original, answer.density, answer.truth
    before = pixels.p[draw] if pixels.x is None else pixels.x
    return before, pixels.density[draw], pixels.truth[draw].astype(np.float64)


def shares_figure(side: Assignment) -> go.Figure:
    """How many draws are in each class, before and after."""
    figure, x = go.Figure(), np.arange(side.variable.classes)
    before = side.classes if side.before is None else side.before
    for name, classes, colour in (("before", before, GREEN), ("after", side.classes, ORANGE)):
        figure.add_bar(
            x=x,
            y=np.bincount(classes, minlength=len(x)) / len(classes),
            name=name,
            marker_color=colour,
            hovertemplate=f"{name}, class %{{x}}: %{{y:.0%}}<extra></extra>",
        )
    figure.update_xaxes(**ticks(side.variable, x))
    figure.update_yaxes(title="share of the draws", range=[0, 1.03], tickformat=".0%")
    return finished(figure)


def latent_figure(pixels: Pixels, draw: int | None) -> go.Figure:
    """Mean and standard deviation of each z, beside the band of its prior N(0, 1)."""
    most = 1.05 * max(1.0, float((np.abs(pixels.z_mean) + pixels.z_stddev).max()))
    means, spreads = pixels.z_mean, pixels.z_stddev
    mean, spread = (part.mean(0) if draw is None else part[draw] for part in (means, spreads))
    figure = go.Figure()
    figure.add_hrect(-1, 1, fillcolor=GREY, opacity=0.25, line_width=0)
    figure.add_bar(
        x=[f"z<sub>{i}</sub>" for i in range(1, len(mean) + 1)],
        y=mean,
        marker_color=BLUE,
        error_y={"type": "data", "array": spread, "color": GREY, "thickness": 2},
        hovertemplate="%{x}: mean %{y:.2f}<extra></extra>",
    )
    figure.update_yaxes(title="z", range=[-most, most])
    return finished(figure, 160)


def _most(change: np.ndarray) -> str:
    """The largest |change|, rounded up: a tiny one never reads as none."""
    return f"{np.ceil(1000 * np.abs(change).max()) / 1000:.3f}"


def _image(picture: np.ndarray, words: str) -> str:
    return f'<img src="{data_uri(picture)}" alt="{escape(words)}">'
