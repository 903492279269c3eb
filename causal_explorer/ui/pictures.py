"""Pictures side by side, sharp at every size: arrays in, HTML out."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image

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
.ce-ask {min-height: 3.9rem; margin: 0; font-size: 1.15rem; line-height: 1.35}
.ce-ask code {font-size: 0.95rem; opacity: 0.85; display: block}
@container (max-width: 640px) {
  .ce-grid {grid-template-columns: repeat(2, 1fr); gap: 0.75rem}
  .ce-three {grid-template-columns: repeat(3, 1fr); gap: 0.5rem}
  .ce-ask {font-size: 1.05rem; margin-bottom: 0.4rem}
}
</style>"""


@dataclass(frozen=True)
class Figure:
    """A picture with its words.

    Attributes:
        title: its name.
        caption: one line that says what it is.
        alt: the picture in words.
        picture: (64, 64) in [0, 1]; None leaves the frame empty.
    """

    title: str
    caption: str
    alt: str
    picture: np.ndarray | None


def png(picture: np.ndarray) -> bytes:
    """A picture in [0, 1] as a grey PNG of 8 bits, one pixel a pixel."""
    grey = np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, format="PNG")
    return buffer.getvalue()


def data_uri(picture: np.ndarray) -> str:
    """A picture as an address that holds the picture itself."""
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode()}"


def question_html(sentence: str, formula: str) -> str:
    """The question in words and as a formula, in a place of constant height."""
    code = f"<code>{escape(formula)}</code>" if formula else ""
    return f'<p class="ce-ask">{escape(sentence)}{code}</p>'


def figures_html(heading: str, figures: Iterable[Figure], columns: int = 4) -> str:
    """A block of pictures under a heading.

    Args:
        heading: HTML, as of `question_html`.
        figures: what to show; all their words are escaped.
        columns: pictures in a row, 3 or 4.
    """
    cells = "".join(_figure(figure) for figure in figures)
    grid = "ce-grid" if columns == 4 else "ce-grid ce-three"
    return f'{_STYLE}<div class="ce-four">{heading}<div class="{grid}">{cells}</div></div>'


def _figure(figure: Figure) -> str:
    if figure.picture is None:
        inside = "<span>?</span>"
    else:
        inside = f'<img src="{data_uri(figure.picture)}" alt="{escape(figure.alt)}">'
    return (
        f'<figure><div class="ce-frame">{inside}</div><figcaption>'
        f"<b>{escape(figure.title)}</b><span>{escape(figure.caption)}</span>"
        "</figcaption></figure>"
    )
