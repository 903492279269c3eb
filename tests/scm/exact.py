"""The couplings and the twin network in fractions: slow, without rounding, and written anew."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np

from causal_explorer.scm.actions import Replace, Set, Shift
from causal_explorer.scm.mechanisms import SMALLEST


def random_rows(rng, *shape):
    """Rows whose entries go down to the smallest that a table may hold, evenly in their logs."""
    rows = np.exp(rng.uniform(np.log(SMALLEST), 0, shape))
    rows[rng.random(shape) < 0.3] = SMALLEST
    rows = np.maximum(rows / rows.sum(-1, keepdims=True), SMALLEST)
    place = rows.argmax(-1)[..., None]
    rest = rows.sum(-1, keepdims=True) - np.take_along_axis(rows, place, -1)
    np.put_along_axis(rows, place, 1 - rest, -1)
    return rows


def fractions(row):
    """The row as it is meant: its numbers, divided by their exact sum."""
    row = [Fraction(float(p)) for p in row]
    return [p / sum(row) for p in row]


def monotone(row, k, changed, start, start_cf):
    """p(v' | v = k) of the inverse CDF; each row is cumulated from its own class on."""
    p, q = fractions(row), fractions(changed)
    ring, ring_cf = ([(first + i) % len(p) for i in range(len(p))] for first in (start, start_cf))
    low = sum((p[i] for i in ring[: ring.index(k)]), Fraction(0))
    law, begin = [Fraction(0)] * len(p), Fraction(0)
    for j in ring_cf:
        overlap = min(begin + q[j], low + p[k]) - max(begin, low)
        law[j] = max(overlap, Fraction(0)) / p[k]
        begin += q[j]
    return law


def gumbel(row, k, changed):
    """p(v' | v = k) of the race of exponentials.

    k arrives at T ~ Exp(1) and now at T r_k, r_i = p_i / q_i; i ≠ k started then, and now at T
    r_i, at the rate q_i. So j wins at y T with the density q_j T exp(-T Σ q_i (y - r_i)₊), and
    ∫ T exp(-T A) dT = A⁻² with A = 1 + Σ.
    """
    p, q = fractions(row), fractions(changed)
    r = [a / b for a, b in zip(p, q, strict=True)]
    others = [i for i in range(len(p)) if i != k]

    def total(y):
        return 1 + sum((q[i] * (y - r[i]) for i in others if y > r[i]), Fraction(0))

    law = [Fraction(0)] * len(p)
    law[k] = 1 / total(r[k])
    for j in others:
        ends = sorted({r[j], r[k], *(s for s in r if r[j] < s < r[k])}) if r[j] < r[k] else []
        for a, b in pairwise(ends):
            law[j] += q[j] * (b - a) / (total(a) * total(b))  # A is linear between the starts
    return law


def counterfactual(story, couple, given, do):
    """p(v' | given) of each variable: every pair of worlds, one after another."""
    names = [v.name for v in story.order]
    sizes = {v.name: v.classes for v in story.order}
    by_name = {v.name: v for v in story.order}
    tables = {n: story.mechanisms[n].table.numpy() for n in names}
    laws = {n: [Fraction(0)] * sizes[n] for n in names}
    for classes in product(*(range(sizes[n]) for n in names)):
        seen = dict(zip(names, classes, strict=True))
        if any(seen[n] != k for n, k in given.items()):
            continue
        weight = Fraction(1)
        rows = {}
        for n in names:
            rows[n] = tables[n][tuple(seen[c] for c in story.mechanisms[n].parents)]
            weight *= fractions(rows[n])[seen[n]]
        worlds = [({}, weight)]
        for n in names:
            worlds = [
                (world | {n: k}, mass * p)
                for world, mass in worlds
                for k, p in _branches(by_name[n], story, rows[n], seen[n], world, couple, do)
            ]
        for world, mass in worlds:
            for n in names:
                laws[n][world[n]] += mass
    return {n: [p / sum(law) for p in law] for n, law in laws.items()}


def _branches(variable, story, row, k, world, couple, do):
    name, action = variable.name, do.get(variable.name)
    if isinstance(action, Set):
        return [(action.value, Fraction(1))]
    mechanism = action.mechanism if isinstance(action, Replace) else story.mechanisms[name]
    changed = mechanism.table.numpy()[tuple(world[c] for c in mechanism.parents)]
    same = mechanism is story.mechanisms[name] and np.array_equal(changed, row)
    law = [Fraction(i == k) for i in range(len(row))] if same else couple(variable, row, k, changed)
    if isinstance(action, Shift):
        return [(_shifted(variable, i, action.by), p) for i, p in enumerate(law) if p]
    return [(i, p) for i, p in enumerate(law) if p]


def _shifted(variable, k, by):
    """By values: on a ring, the first class that has the value so many steps on."""
    if variable.kind != "circular":
        return min(max(k + by, 0), variable.classes - 1)
    around = variable.classes - 1 if variable.closed else variable.classes
    return k if by % around == 0 else (k + by) % around
