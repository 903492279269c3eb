"""The figures of `python -m causal_explorer check`, as tables and a map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from causal_explorer.sharing.words import figure
from causal_explorer.ui.as_text import as_text, escape
from causal_explorer.ui.explore.changes import STYLE

Figures = dict[str, Any]  # of a check

AXIOMS = """
**Composition**: asking for what is already so should give the image back. **Reversibility**: there
and back again should too. Both are mean absolute differences a pixel, after one round and after
ten, along the decoder-mean path and along the sampled one.
"""
EFFECTIVENESS = """
**Effectiveness**: does the picture show what do() asked for? The factors are read off it by the
nearest of all 737,280 rendered pictures. The diagonal is the target itself; off it stands whether
every other factor is what the story says it should be.
"""
TRUTH = """
**Error against the truth**, which only a known renderer can give: overlap (of all the light of two
pictures, the share that both have), mean absolute error a pixel, and the share of pictures that are
equal in all 4,096 pixels, thresholded at 0.5.
"""
PROBE = """
**What z carries**: a small network that tries to tell each factor from z. Above chance, z carries
labels that do() cannot change.
"""


def table_html(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: str = "52rem",
    least: str = "0",
) -> str:
    """A plain table, no wider than `width` in CSS and no narrower than `least`.

    Where it has less room it is scrolled sideways. All words are escaped.
    """
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    words = escape("Table: " + ", ".join(cell for cell in head if cell))
    return (
        f'{STYLE}<div class="ce-scroll" style="max-width: {width}" role="group" tabindex="0" '
        f'aria-label="{words}"><table class="ce-table" style="min-width: {least}">'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def readable(found: Figures) -> bool:
    """Whether all that the page shows is there and is a number: a run may keep anything."""
    try:
        for show in (axioms_html, effectiveness_figure, truth_html, probe_html):
            show(found)
        kept, own = found["minimality"], found["truth"]["1 to 3"]
        numbers = (kept["kl_nats"], kept["active"], kept["latent"], found["queries"], own["exact"])
        return all(math.isfinite(number) for number in numbers)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        return False


def system_rows(study: Figures) -> list[tuple[str, str, str]]:
    """Name, figure and note of each: of the check where there is one, or else of the benchmark.

    What is no figure is left out: a run may keep anything.
    """
    checked = study.get("check")
    kept = checked.get("figures") if isinstance(checked, dict) else study.get("metrics")
    rows = []
    for row in kept if isinstance(kept, list) else []:
        try:
            value = row["ours"] if "ours" in row else row["value"]
            rows.append((str(row["name"]), figure(value, row["unit"]), str(row["note"])))
        except (KeyError, TypeError, ValueError):
            continue
    return rows


def axioms_html(found: Figures) -> str:
    """Composition and reversibility on both paths."""
    rows = [
        (f"{axiom}, {path.replace('_', ' ')}", f"{own['once']:.6f}", f"{own['ten_times']:.6f}")
        for axiom in ("composition", "reversibility")
        for path, own in found[axiom].items()
    ]
    return table_html(("", "once", "ten times"), rows)


def effectiveness_figure(found: Figures) -> go.Figure:
    """The matrix as a map: factor read by factor intervened on."""
    own = found["effectiveness"]
    figure = go.Figure(
        go.Heatmap(
            z=own["matrix"],
            x=[as_text(f"do({target})", "plotly") for target in own["targets"]],
            y=[as_text(factor, "plotly") for factor in own["factors"]],
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            text=[[f"{share:.3f}" for share in row] for row in own["matrix"]],
            texttemplate="%{text}",
            hovertemplate="%{y} read under %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(height=320, margin={"l": 90, "r": 10, "t": 10, "b": 40})
    return figure


def truth_html(found: Figures) -> str:
    """Error against the truth by target."""
    rows = [
        (
            f"do({target})" if target != "1 to 3" else "1 to 3 targets",
            f"{own['iou']:.5f}",
            f"{own['worst_iou']:.3f}",
            f"{own['l1']:.6f}",
            f"{100 * own['exact']:.1f} %",
        )
        for target, own in found["truth"].items()
    ]
    return table_html(("", "IoU", "worst IoU", "L1 a pixel", "all pixels equal"), rows)


def probe_html(found: Figures) -> str:
    """Each factor, read from z."""
    rows = [
        (factor, f"{own['accuracy']:.3f}", f"{own['chance']:.3f}")
        for factor, own in found["probe"].items()
    ]
    return table_html(("factor", "read from z", "chance"), rows)
