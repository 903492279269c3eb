"""The numbers behind each step, as tables: a head and rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import networkx as nx
import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.agreement import iou, l1
from causal_explorer.inference.steps import Factors, Pixels, cumulated
from causal_explorer.scm.actions import Set
from causal_explorer.sharing.panel import iou_text
from causal_explorer.sharing.words import percent
from causal_explorer.ui.steps.assignment import Assignment

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def evidence(
    answer: CounterfactualAnswer, factors: Factors, known: Collection[str], draw: int | None
) -> Table:
    """Each factor: its class, and how probable that is."""
    rows = []
    for variable in answer.variables:
        law = answer.posterior.law(variable.name)
        k = int(law.argmax()) if draw is None else int(factors.factual[variable.name][draw])
        row = factors.rows[variable.name]
        prior = float(row[:, k].mean() if draw is None else row[draw, k])
        told = "yes" if variable.name in known else "no"
        rows.append((variable.name, told, variable.label(k), f"{law[k]:.4f}", f"{prior:.4f}"))
    most = "most probable class" if draw is None else "class in this draw"
    return ("factor", "known", most, "p(class | evidence)", "p(class | its causes)"), rows


def noise(side: Assignment, draw: int | None) -> Table:
    """Each class of a factor: its probability, and its noise; means over several draws."""
    gumbel = side.noise is not None and side.noise.ndim == 2
    return _gumbel(side, draw) if gumbel else _monotone(side, draw)


def _gumbel(side: Assignment, draw: int | None) -> Table:
    assert side.noise is not None
    rows, u = (part if draw is None else part[[draw]] for part in (side.rows, side.noise))
    logits = np.log(rows)
    low, high = np.quantile(u, [0.05, 0.95], axis=0)
    table = []
    for k in range(side.variable.classes):
        spread = () if draw is not None else (f"{_signed(low[k])} to {_signed(high[k])}",)
        numbers = (rows[:, k].mean(), logits[:, k].mean(), u[:, k].mean())
        total = _signed((logits + u)[:, k].mean())
        told = (f"{numbers[0]:.5f}", *map(_signed, numbers[1:]))
        table.append((side.variable.label(k), *told, *spread, total))
    spread = () if draw is not None else ("u, 5 to 95 %",)
    return (side.variable.name, "p", "log p", "u", *spread, "log p + u"), table


def _monotone(side: Assignment, draw: int | None) -> Table:
    assert side.noise is not None
    row = side.rows.mean(0) if draw is None else side.rows[draw]
    u = side.noise if draw is None else side.noise[[draw]]
    order, cdf = cumulated(side.variable, row)
    table = []
    for k, low, high in zip(order.tolist(), [0.0, *cdf[:-1]], cdf, strict=True):
        inside = (low <= u) & (u < high)
        here = percent(float(inside.mean())) if draw is None else f"{u[0]:.5f}" * int(inside[0])
        told = (f"{number:.5f}" for number in (row[k], low, high))
        table.append((side.variable.label(k), *told, here))
    last = "draws whose u is between" if draw is None else "u"
    return (side.variable.name, "p", "F(k−1)", "F(k)", last), table


def pixels(found: Pixels, draw: int | None) -> Table:
    """The pixels that are on, and those that are off: where their noise lies."""
    assert found.x is not None
    p = found.p.mean(0) if draw is None else found.p[draw]
    table = []
    for value, interval, middle in ((1, "(0, p)", p / 2), (0, "(p, 1)", (1 + p) / 2)):
        here = found.x == value
        if not here.any():
            continue
        span = f"{p[here].min():.4f} to {p[here].max():.4f}"
        table.append((str(value), f"{here.sum():,}", span, interval, f"{middle[here].mean():.4f}"))
    return ("x", "pixels", "p", "u lies in", "E[u | x], their mean"), table


def action(graph: nx.DiGraph, answer: CounterfactualAnswer, do: Mapping[str, str]) -> Table:
    """Each factor: what it reads before and after."""
    table = []
    for name in graph.nodes:
        causes = list(graph.predecessors(name))
        kept = [cause for cause in causes if (cause, name) not in answer.cut]
        after = f":= {do[name]}" if name in do else ", ".join([*kept, "its noise"])
        moves = "yes" if name in answer.descendants else "no"
        table.append((name, ", ".join([*causes, "its noise"]), after, moves))
    return ("factor", "reads before", "reads after", "can move"), table


def prediction(answer: CounterfactualAnswer, factors: Factors, draw: int | None) -> Table:
    """Each factor: its class before and after on the same noise, and why."""
    table = []
    for variable in factors.variables:
        name = variable.name
        rows, rows_cf = factors.rows[name], factors.rows_cf[name]
        before, after = factors.factual[name], factors.counterfactual[name]
        if draw is not None:
            rows, rows_cf, before, after = (part[[draw]] for part in (rows, rows_cf, before, after))
        moved, new = float((before != after).mean()), bool((rows != rows_cf).any())
        row = "has changed" if new else "is the same"
        why = f"its row {row}"
        if isinstance(answer.do.get(name), Set):
            why = "set by do(): its noise is not read"
        labels = (variable.label(int(np.bincount(part).argmax())) for part in (before, after))
        table.append((name, *labels, percent(moved) if draw is None else _moved(moved), why))
    return ("factor", "before", "after", "moved", "why"), table


def _signed(number: float) -> str:
    return f"{number:.3f}".replace("-", "−")


def _moved(share: float) -> str:
    return "yes" if share else "no"


def errors(before: np.ndarray, after: np.ndarray, truth: np.ndarray) -> Table:
    """How far the counterfactual is from the original, and from the truth where it is known."""
    table = []
    others = {"original": before} | ({} if np.isnan(truth).any() else {"truth": truth})
    for name, other in others.items():
        told = iou_text(iou(after, other))
        table.append((name, f"{l1(after, other):.6f}", f"{np.abs(after - other).max():.4f}", told))
    return ("counterfactual against", "mean |difference| a pixel", "largest", "IoU"), table
