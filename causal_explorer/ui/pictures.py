"""Pictures side by side, sharp at every size: arrays in, HTML out."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from causal_explorer.sharing.panel import Figure, Panel
from causal_explorer.ui.as_text import escape

# Four in a row, or two where the page is narrow; 256 pixels show each pixel 4 × 4.
_STYLE = """<style>
.ce-four {container-type: inline-size}
.ce-grid {display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.75rem 1.25rem}
.ce-three {grid-template-columns: repeat(3, 1fr); max-width: 900px}
.ce-grid figure {margin: 0; max-width: 256px; min-width: 0}
.ce-frame {aspect-ratio: 1; display: flex; align-items: center; justify-content: center;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); border-radius: 4px;
  overflow: hidden; text-align: center; font-size: 0.875rem; box-sizing: content-box}
.ce-frame img {width: 100%; height: 100%; display: block; image-rendering: pixelated}
.ce-grid figcaption {margin-top: 0.35rem; line-height: 1.3; font-size: 0.875rem}
.ce-grid figcaption span {display: block; opacity: 0.75}
.ce-numbers {display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1.75rem;
  margin: 0.9rem 0 0; font-size: 0.9rem}
.ce-numbers b {font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums;
  margin-left: 0.35rem}
.ce-numbers small {font-size: 0.875rem; line-height: 1.4; opacity: 0.75; flex: 1 1 20rem;
  min-height: 2.8em}
.ce-ask {min-height: 3.9rem; margin: 0; font-size: 1.15rem; line-height: 1.35}
.ce-ask code {font-size: 0.95rem; opacity: 0.85; display: block}
@container (max-width: 640px) {
  .ce-grid {grid-template-columns: repeat(2, 1fr); gap: 0.75rem}
  .ce-three {grid-template-columns: repeat(3, 1fr); gap: 0.5rem}
  .ce-ask {font-size: 1.05rem; margin-bottom: 0.4rem}
  .ce-numbers small {min-height: 4.2em}
}
</style>"""


def png(picture: np.ndarray) -> bytes:
    """(H, W) in [0, 1] as a grey PNG of 8 bits, or (H, W, 3) uint8 colours as they are."""
    grey = picture.ndim == 2
    pixels = np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8) if grey else picture
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def data_uri(picture: np.ndarray) -> str:
    """A picture as an address that holds the picture itself."""
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode()}"


def panel_html(panel: Panel, heading: str = "", live: bool = True) -> str:
    """The panel of an answer; what follows a slider carries the name of its slot.

    Args:
        panel: what to show; all its words are escaped.
        heading: words above the question, such as which of two it is.
        live: whether it follows the sliders; one that is kept does not.
    """
    above = f"<b>{escape(heading)}</b> " if heading else ""
    ask = (
        f'<p class="ce-ask" aria-live="polite">{above}'
        f'<span data-live="sentence">{escape(panel.sentence)}</span>'
        f'<code data-live="formula">{escape(panel.formula)}</code></p>'
    )
    numbers = ""
    if panel.formula:
        numbers = numbers_html("the truth", panel.l1, panel.iou, panel.remark)
    whole = figures_html(ask, panel.figures, below=numbers)
    return whole if live else whole.replace("data-live=", "data-kept=")


def numbers_html(other: str, l1: str, iou: str, remark: str) -> str:
    """How far a picture is from another, in a row.

    Args:
        other: what it is compared with.
        l1: mean absolute error a pixel.
        iou: overlap; empty where pictures have no pixels that are on.
        remark: what the two mean.
    """
    overlap = f'<span>IoU with {other}<b data-live="iou">{escape(iou)}</b></span>' if iou else ""
    return (
        '<p class="ce-numbers">'
        f'<span>L1 a pixel against {other}<b data-live="l1">{escape(l1)}</b></span>'
        f'{overlap}<small data-live="remark">{escape(remark)}</small></p>'
    )


def figures_html(heading: str, figures: Iterable[Figure], columns: int = 4, below: str = "") -> str:
    """A block of pictures under a heading.

    Args:
        heading: HTML that stands above.
        figures: what to show; all their words are escaped.
        columns: pictures in a row, 3 or 4.
        below: HTML that stands below.
    """
    cells = "".join(_figure(figure) for figure in figures)
    grid = "ce-grid" if columns == 4 else "ce-grid ce-three"
    return f'{_STYLE}<div class="ce-four">{heading}<div class="{grid}">{cells}</div>{below}</div>'


def _figure(figure: Figure) -> str:
    place, title, caption = (_live(figure.slot, part) for part in ("", "-title", "-caption"))
    inside = "<span>?</span>"
    if figure.picture is not None:
        inside = f'<img{place} src="{data_uri(figure.picture)}" alt="{escape(figure.alt)}">'
    return (
        f'<figure><div class="ce-frame"{_wide(figure)}>{inside}</div><figcaption>'
        f"<b{title}>{escape(figure.title)}</b><span{caption}>{escape(figure.caption)}</span>"
        "</figcaption></figure>"
    )


def _wide(figure: Figure) -> str:
    """The frame's own shape where the picture is no square."""
    if figure.picture is None or figure.picture.shape[0] == figure.picture.shape[1]:
        return ""
    rows, columns = figure.picture.shape[:2]
    return f' style="aspect-ratio: {columns} / {rows}"'


def _live(slot: str, part: str) -> str:
    """The mark by which a slider finds what is to follow it."""
    return f' data-live="{slot}{part}"' if slot else ""
