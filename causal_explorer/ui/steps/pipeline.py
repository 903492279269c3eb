"""The four steps as a pipeline, and the keys of their figures: words and pictures in, HTML out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.steps import Pixels
from causal_explorer.ui.as_text import escape
from causal_explorer.ui.colours import cividis
from causal_explorer.ui.pictures import data_uri
from causal_explorer.ui.steps.noise_figures import BLUE, GREEN, GREY, ORANGE
from causal_explorer.ui.steps.step_figures import expected

STEPS = ("Evidence", "Abduction", "Action", "Prediction")
_KEYS = {  # what the marks of a factor's figures mean
    "gumbel": (
        (BLUE, "■", "log p + u: the highest wins"),
        ("inherit", "○", "log p, without its noise"),
    ),
    "monotone": (
        (BLUE, "—", "F: the step that u hits is v"),
        (f"{BLUE}66", "■", "where u may be"),
        (GREY, "■", "where it is, in {}"),
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
.ce-pipe li.ce-to {{flex: none; border: none; padding: 0; opacity: 0.6}}
@container (max-width: 760px) {{
  .ce-pipe {{gap: 0.2rem}}
  .ce-pipe li {{flex-direction: column; gap: 0.3rem; padding: 0.3rem; text-align: center;
    font-size: 0.75rem}}
  .ce-pipe li div + div span {{display: none}}
  .ce-pipe .ce-tile {{width: 48px; height: 48px}}
  .ce-pipe li.ce-to {{display: none}}
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
    arrow = '<li class="ce-to" aria-hidden="true">→</li>'
    return f'{_STYLE}<div class="ce-steps"><ol class="ce-pipe">{arrow.join(items)}</ol></div>'


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
            2, (GREY, "┃", "mean, and 5 to 95 %, of {}" if done else "mean, and 5 to 95 %")
        )
    draws = "1 draw" if count == 1 else f"{count} draws"
    items = "".join(
        f'<li><i style="color: {colour}" aria-hidden="true">{mark}</i> {words.format(draws)}</li>'
        for colour, mark, words in marks
    )
    return f'<ul class="ce-keys">{items}</ul>'


def set_html(name: str, label: str) -> str:
    """In the place of a figure: a target that is set reads no noise."""
    return (
        f'<div class="ce-set"><b>{escape(name)} := {escape(label)}</b>'
        "<span>set by do(): its noise is not read</span></div>"
    )


def _image(picture: np.ndarray, words: str) -> str:
    return f'<img src="{data_uri(picture)}" alt="{escape(words)}">'
