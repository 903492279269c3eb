"""Where the decoder still errs: a map by shape and orientation, over all held-out pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import causal_explorer as ce
from benchmarks.options import parser
from causal_explorer.data import dsprites, splits
from causal_explorer.metrics.errors import wrong_pixels

_CELL, _LEFT, _TOP = 18, 70, 22  # pixels


def main(arguments: list[str] | None = None) -> None:
    """Prints the share of exact pictures by shape and scale, and writes the map."""
    asked = parser("errors", __doc__, saves=False)
    asked.add_argument("--out", type=Path, default=Path("docs/errors.png"))
    options = asked.parse_args(arguments)
    v, wrong = held_out_errors(2_048 if options.quick else None)
    missed = wrong > 0
    for shape, name in enumerate(dsprites.SHAPES):
        of_shape = v[:, 0] == shape
        sizes = [100 * (1 - missed[of_shape & (v[:, 1] == k)].mean()) for k in range(6)]
        by_size = "  ".join(f"{share:6.2f}" for share in sizes)
        print(f"{name:<8} exact {100 * (1 - missed[of_shape].mean()):6.2f} %; by scale {by_size}")
    print(f"wrong pixels in a picture that is not exact: {wrong[missed].mean():.2f}")
    share = np.array(
        [
            [missed[(v[:, 0] == shape) & (v[:, 2] == turn)].mean() for turn in range(40)]
            for shape in range(3)
        ]
    )
    drawn = _draw(share)
    if not options.quick:
        drawn.save(options.out)
    print(f"{options.out}: from 0 (white) to {100 * share.max():.1f} % (black) of the pictures")


def held_out_errors(count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Classes of held-out pictures, all or some, and how many pixels the decoder gets wrong."""
    explorer = ce.load("scm-vae")
    split_seed = explorer.checkpoint.split_seed
    rows = splits.rows("test", split_seed)
    table = dsprites.classes_of(rows[:: max(1, len(rows) // (count or len(rows)))])
    return table, wrong_pixels(explorer, table)


def _draw(share: np.ndarray) -> Image.Image:
    """A cell a shape and orientation, darker where more pictures err."""
    rows, columns = share.shape
    sheet = Image.new("L", (_LEFT + columns * _CELL + 10, _TOP + rows * _CELL + 24), 255)
    pen = ImageDraw.Draw(sheet)
    pen.text((_LEFT, 4), "orientation class", fill=0)
    for i, j in np.ndindex(rows, columns):
        corner = (_LEFT + j * _CELL, _TOP + i * _CELL)
        tone = round(255 * (1 - share[i, j] / max(share.max(), 1e-9)))
        pen.rectangle((*corner, corner[0] + _CELL - 2, corner[1] + _CELL - 2), tone, 190)
    for i, name in enumerate(dsprites.SHAPES):
        pen.text((6, _TOP + i * _CELL + 3), name, fill=0)
    for j in range(0, columns, 5):
        pen.text((_LEFT + j * _CELL + 2, _TOP + rows * _CELL + 4), str(j), fill=0)
    return sheet


if __name__ == "__main__":
    main()
