"""The panel of an answer as one PNG, to hand on or to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from causal_explorer.sharing.panel import Figure, Panel

LINK = "Link"  # the PNG's text field that holds the address that asks the question again
MARGIN, GAP, SIDE = 32, 24, 256  # pixels; 256 show each pixel of a sprite 4 × 4
WIDTH = 2 * MARGIN + 4 * SIDE + 3 * GAP
_INNER = WIDTH - 2 * MARGIN
_DARK, _GREY, _PALE = 28, 96, 190  # 0 is black, 255 white
_TALLEST = 2_000  # pixels; what is not used is cut off
_PLAIN = str.maketrans({"×": "x", "−": "-", "–": "-", "→": "->"})  # Pillow's own font lacks them


@dataclass(frozen=True)
class _Style:
    """How a text is set: its size and the width that it may take in pixels, and its grey."""

    size: int
    width: int = _INNER
    grey: int = _DARK


_SENTENCE, _FORMULA = _Style(26), _Style(20, grey=_GREY)
_TITLE, _CAPTION = _Style(19, SIDE), _Style(15, SIDE + 16, _GREY)
_NUMBERS, _REMARK = _Style(20), _Style(16, grey=_GREY)


def panel_png(panel: Panel, link: str = "") -> bytes:
    """The panel as a PNG, grey where its pictures are.

    Args:
        panel: what to draw.
        link: kept in the text field `LINK`, so that the picture can be asked again.
    """
    info = PngInfo()
    if link:
        info.add_text(LINK, link)
    buffer = BytesIO()
    drawings([panel])[0].save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def drawings(panels: Sequence[Panel]) -> list[Image.Image]:
    """Panels drawn alike: each part stands at the same place in all, whatever its words."""
    told = [_texts(panel) for panel in panels]
    rows = {
        style: max(len(_wrapped(text, style)) for texts in told for text in texts[style])
        for style in (_SENTENCE, _FORMULA, _TITLE, _CAPTION, _NUMBERS, _REMARK)
    }
    return [_drawn(panel, rows) for panel in panels]


def _texts(panel: Panel) -> dict[_Style, list[str]]:
    """The words of a panel by how they are set."""
    overlap = f" · IoU with the truth: {panel.iou}" if panel.iou else ""
    numbers = f"L1 a pixel against the truth: {panel.l1}{overlap}"
    return {
        _SENTENCE: [panel.sentence],
        _FORMULA: [panel.formula],
        _TITLE: [figure.title for figure in panel.figures],
        _CAPTION: [figure.caption for figure in panel.figures],
        _NUMBERS: [numbers if panel.formula else ""],
        _REMARK: [panel.remark],
    }


def _drawn(panel: Panel, rows: dict[_Style, int]) -> Image.Image:
    """The panel, each text with room for so many lines."""
    image = Image.new("L", (WIDTH, _TALLEST), 255)
    pen, texts = ImageDraw.Draw(image), _texts(panel)

    def write(style: _Style, x: int, y: int, place: int = 0) -> int:
        """Sets a text and says where the next one may stand."""
        step = round(1.3 * style.size)
        for line, words in enumerate(_wrapped(texts[style][place], style)):
            pen.text((x, y + line * step), words, style.grey, _font(style.size))
        return y + rows[style] * step

    top = write(_FORMULA, MARGIN, write(_SENTENCE, MARGIN, MARGIN)) + 16
    below = top
    for place, figure in enumerate(panel.figures):
        x = MARGIN + place * (SIDE + GAP)
        _place(image, pen, figure, (x, top))
        below = write(_CAPTION, x, write(_TITLE, x, top + SIDE + 8, place), place)
    end = below
    if panel.formula:
        end = write(_REMARK, MARGIN, write(_NUMBERS, MARGIN, below + GAP // 2))
    return _in_colour(image, panel, top).crop((0, 0, WIDTH, end + MARGIN))


def _place(
    image: Image.Image, pen: ImageDraw.ImageDraw, figure: Figure, at: tuple[int, int]
) -> None:
    """A picture, enlarged, or the frame that waits for it."""
    if figure.picture is not None:
        image.paste(_large(figure.picture), at)
        return
    x, y = at
    pen.rectangle((x, y, x + SIDE - 1, y + SIDE - 1), outline=_PALE)
    pen.text((x + SIDE // 2, y + SIDE // 2), "?", _GREY, _font(_SENTENCE.size), anchor="mm")


def _in_colour(image: Image.Image, panel: Panel, top: int) -> Image.Image:
    """The same with the pictures' colours, where they have any."""
    if all(figure.picture is None or figure.picture.ndim == 2 for figure in panel.figures):
        return image
    image = image.convert("RGB")
    pen = ImageDraw.Draw(image)
    for place, figure in enumerate(panel.figures):
        if figure.picture is not None:
            x = MARGIN + place * (SIDE + GAP)
            image.paste(_large(figure.picture), (x, top))
            frame = (x - 1, top - 1, x + SIDE, top + SIDE)
            pen.rectangle(frame, outline=(_PALE,) * 3)  # tells a white ground from the page
    return image


def _large(picture: np.ndarray) -> Image.Image:
    """A picture as large as its place on the panel takes it, in the middle."""
    if picture.ndim == 2:
        picture = np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)
    height, width = picture.shape[:2]
    fine = Image.fromarray(picture).resize((8 * width, 8 * height), Image.Resampling.NEAREST)
    longest = max(width, height)
    shown = (SIDE * width // longest, SIDE * height // longest)
    canvas = Image.new(fine.mode, (SIDE, SIDE), "white")
    small = fine.resize(shown, Image.Resampling.BOX)  # whole pixels are shared out evenly
    canvas.paste(small, ((SIDE - shown[0]) // 2, (SIDE - shown[1]) // 2))
    return canvas


def _wrapped(text: str, style: _Style) -> list[str]:
    """A text in lines that fit its width, in characters that the font has."""
    lines: list[str] = []
    for word in text.translate(_PLAIN).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _font(style.size).getlength(longer) <= style.width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font: it comes with the package and needs no file of the system."""
    return ImageFont.load_default(size=size)
