"""Where the reconstructions err, as maps: arrays in, figures and words out."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from causal_explorer.data.raster import SIZE
from causal_explorer.scm.variables import Variable
from causal_explorer.ui.colours import ORANGE

_RING = {"symbol": "circle-open", "size": 13, "color": ORANGE, "line": {"width": 3}}
_BARE = {"showgrid": False, "zeroline": False, "constrain": "domain"}
_BAR = {
    "title": {"text": "wrong pixels", "side": "bottom"},
    "orientation": "h",
    "thickness": 8,
    "len": 0.65,
    "y": -0.2,
    "yanchor": "top",
    "nticks": 5,
}
TEXT = (
    "The image model reconstructs each picture from its factors and z. The maps count the "
    f"pixels, of {SIZE**2:,}, in which the reconstruction, thresholded at 0.5, is not the "
    "rendered picture. Each map varies two factors, and takes the others from the sprite."
)


def error_figure(
    wrong: np.ndarray, across: Variable, down: Variable, here: tuple[int, int]
) -> go.Figure:
    """A heat map of wrong pixels.

    Args:
        wrong: (K_down, K_across) counts.
        across: runs to the right.
        down: runs upwards, and posY downwards as in the pictures.
        here: the sprite's own classes of `across` and `down`, which get a ring.
    """
    most = max(int(wrong.max()), 1)
    place = f"{across.name} %{{x}}, {down.name} %{{y}}"
    figure = go.Figure(
        go.Heatmap(
            z=wrong,
            zmin=0,
            zmax=most,
            colorscale="Cividis",
            colorbar=_BAR | {"dtick": 1 if most < 5 else None},  # counts are whole
            hovertemplate=f"{place}: %{{z}} of {SIZE**2:,} pixels wrong<extra></extra>",
        )
    )
    figure.add_scatter(
        x=here[:1], y=here[1:], mode="markers", marker=_RING, hoverinfo="skip", cliponaxis=False
    )
    figure.update_xaxes(title=across.name, range=(-0.5, across.classes - 0.5), **_BARE)
    figure.update_yaxes(title=down.name, range=(-0.5, down.classes - 0.5), **_BARE)
    if down.name == "posY":  # rows are counted from the top, and a place is square
        figure.update_yaxes(range=(down.classes - 0.5, -0.5), scaleanchor="x")
    figure.update_layout(
        height=430, margin={"l": 0, "r": 0, "t": 10, "b": 0}, showlegend=False, dragmode=False
    )
    return figure


def sentence(wrong: np.ndarray) -> str:
    """How many of the pictures are exact, and how bad the worst is."""
    exact, count, most = int((wrong == 0).sum()), wrong.size, int(wrong.max())
    if exact == count:
        return f"All {count:,} pictures are exact in all {SIZE**2:,} pixels."
    pixels = "1 wrong pixel" if most == 1 else f"{most:,} wrong pixels"
    if not exact:
        return f"None of the {count:,} pictures is exact; the worst has {pixels}."
    return (
        f"{exact:,} of {count:,} pictures ({100 * exact / count:.1f} %) are exact in all "
        f"{SIZE**2:,} pixels; the worst has {pixels}."
    )
