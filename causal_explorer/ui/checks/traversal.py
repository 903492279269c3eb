"""A traversal as a strip of pictures, which scrolls inside its own box: arrays in, HTML out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from causal_explorer.inference.traversal import Traversal
from causal_explorer.scm.variables import Variable
from causal_explorer.ui.as_text import escape
from causal_explorer.ui.colours import BLUE, NEUTRAL, ORANGE, diverging
from causal_explorer.ui.pictures import data_uri

TEXT = (
    "A traversal is not an intervention: it holds the other factors fixed, while under do() the "
    "descendants of the factor answer."
)
_ROWS = ("Truth", "Model", "Difference")
_ROOMY = 8  # classes up to which the pictures are large
_STYLE = f"""<style>
.ce-traversal {{--side: 96px; display: flex; gap: 0.6rem; container-type: inline-size;
  font-size: 0.875rem; line-height: 1.3}}
.ce-roomy {{--side: 128px}}
.ce-column {{display: grid; grid-template-rows: 1.5rem repeat(3, calc(var(--side) + 2px)) 1.5rem;
  row-gap: 6px; margin: 0; align-items: center; justify-items: center}}
.ce-column figcaption {{white-space: nowrap}}
.ce-column img {{width: var(--side); height: var(--side); display: block; border-radius: 3px;
  image-rendering: pixelated; border: 1px solid color-mix(in srgb, currentColor 30%, transparent)}}
.ce-column small {{font-size: 0.8rem; opacity: 0.75; font-variant-numeric: tabular-nums}}
.ce-names {{flex: none; justify-items: start}}
.ce-strip {{display: flex; gap: 6px; overflow-x: auto; min-width: 0; padding-bottom: 0.5rem;
  scrollbar-width: thin}}
.ce-here {{scroll-initial-target: nearest}}
.ce-here figcaption {{font-weight: 700; border-bottom: 3px solid {ORANGE}}}
.ce-key {{font-size: 0.875rem; margin: 0.4rem 0 0}}
.ce-key span {{white-space: nowrap}}
.ce-key i {{display: inline-block; vertical-align: middle; width: 6rem; height: 0.75rem;
  margin: 0 0.3rem; border-radius: 3px;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent);
  background: linear-gradient(to right, {BLUE}, {NEUTRAL}, {ORANGE})}}
@media (max-width: 640px) {{.ce-traversal {{--side: 80px; gap: 0.4rem; font-size: 0.8rem}}}}
</style>"""
_KEY = (
    '<p class="ce-key">Difference, model less truth: <span>−1<i></i>+1.</span> Blue is missing, '
    "orange is too much.</p>"
)


def strip_html(found: Traversal, variable: Variable, here: int) -> str:
    """A column for each class: the truth, the reconstruction and their difference.

    Args:
        found: the traversal.
        variable: the factor that runs.
        here: the sprite's own class of it, which is marked.
    """
    columns = ""
    for k, wrong in enumerate(found.wrong_pixels):
        label, truth, model = variable.label(k), found.truth[k], found.reconstruction[k]
        pictures = (truth, model, diverging(model - truth))
        mark = " ce-here" if k == here else ""
        columns += (
            f'<figure class="ce-column{mark}"><figcaption>{escape(label)}</figcaption>'
            f"{_images(pictures, f'{variable.name} {label}')}<small>{wrong:,}</small></figure>"
        )
    names = "".join(f"<span>{name}</span>" for name in _ROWS)
    size = " ce-roomy" if variable.classes <= _ROOMY else ""
    words = f"Traversal of {variable.name}: truth, reconstruction and difference of each class"
    return (
        f'{_STYLE}<div class="ce-traversal{size}"><div class="ce-column ce-names">'
        f"<span>{escape(variable.name)}</span>{names}<small>wrong pixels</small></div>"
        f'<div class="ce-strip" role="region" tabindex="0" aria-label="{escape(words)}">'
        f"{columns}</div></div>{_KEY}"
    )


def _images(pictures: Iterable[np.ndarray], words: str) -> str:
    return "".join(
        f'<img src="{data_uri(picture)}" alt="{row}, {escape(words)}">'
        for row, picture in zip(_ROWS, pictures, strict=True)
    )
