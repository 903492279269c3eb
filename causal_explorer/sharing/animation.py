"""A sweep as a looping GIF: the panel at every value of one control."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw

from causal_explorer.sharing.panel import Panel
from causal_explorer.sharing.picture import MARGIN, WIDTH, drawings

_EACH, _LAST = 150, 900  # milliseconds a frame
_GREYS = 64  # a wide density in 256 greys takes three times the bytes
_BAR = 6  # pixels, the height of the bar that says how far the sweep is
_DONE, _TO_COME = 96, 225  # its greys


def sweep_gif(panels: Sequence[Panel]) -> bytes:
    """The panels one after another, over and over.

    A grey lies within 1 % of its own; of colours a frame keeps the 256 that serve it best.

    Args:
        panels: at the values of one control, in order.

    Raises:
        ValueError: there is no panel.
    """
    if not panels:
        raise ValueError("There is nothing to animate: the question has no answer at some value.")
    step = 255 / (_GREYS - 1)
    palette = [round(step * round(grey / step)) for grey in range(256)]
    drawn = drawings(panels)
    for place, frame in enumerate(drawn):
        _mark(frame, (place + 1) / len(drawn))
    frames = [f.point(palette) if f.mode == "L" else _in_few_colours(f) for f in drawn]
    buffer = BytesIO()
    frames[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[_EACH] * (len(frames) - 1) + [_LAST],
        loop=0,
    )
    return buffer.getvalue()


def _in_few_colours(frame: Image.Image) -> Image.Image:
    """256 colours, and no speckles that stand for those between."""
    return frame.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _mark(frame: Image.Image, share: float) -> None:
    """A bar in the lower margin: how much of the sweep is behind."""
    pen, bottom, long = ImageDraw.Draw(frame), frame.height - 1, WIDTH - 2 * MARGIN
    top = bottom - MARGIN // 2
    for grey, part in ((_TO_COME, 1.0), (_DONE, share)):
        right = MARGIN + round(part * long) - 1
        pen.rectangle((MARGIN, top, right, top + _BAR - 1), (grey,) * len(frame.getbands()))
