"""Exact laws of the factors on each rung, by enumeration instead of draws.

The joint of a story is a product of tables, and so is that of its twin network, in which each
variable that do() moves stands twice: as it was and as it would have been. Summing such a
product over all variables but one is a tensor contraction.

Source: Balke and Pearl 1994, "Probabilistic evaluation of counterfactual queries" (the twin
network); truncated product, Pearl 2009, equation 3.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod

import torch
from torch import Tensor

from causal_explorer.scm.actions import Do, Replace, Set, Shift, moved_by
from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.mechanisms import Mechanism
from causal_explorer.scm.scm import SCM

Law = dict[str, Tensor]  # variable → (K,) float64 probabilities
_LARGEST = 2**24  # numbers of one table of a twin network: 128 MB
_Factor = tuple[Tensor, list[str]]  # a table and the name of each of its axes


class TooLargeError(ValueError):
    """A law whose tables are too large to be enumerated."""


def population_law(story: SCM, given: Mapping[str, int], do: Do) -> Law:
    """p(v_i | given) on rung 1, where do() is empty; p(v_i | do) on rung 2, where given is.

    Args:
        story: of the population.
        given: classes that are seen.
        do: targets and their actions.
    """
    kept = {v.name: _kept(given, v.name, v.classes) for v in story.all}
    product = []
    for variable in story.all:
        name, action = variable.name, do.get(variable.name)
        if isinstance(action, Set):
            table = torch.nn.functional.one_hot(torch.tensor(action.value), variable.classes)
            product.append((table.double()[kept[name]], [name]))
            continue
        mechanism = _after(do, name, story.mechanisms[name])
        table = mechanism.table
        if isinstance(action, Shift):
            table = action.law(variable, table)
        axes = [*mechanism.parents, name]
        product.append((table[torch.meshgrid(*(kept[a] for a in axes), indexing="ij")], axes))
    return {v.name: _marginal(product, v.name, kept[v.name], v.classes) for v in story.variables}


def counterfactual_law(story: SCM, coupling: Coupling, given: Mapping[str, int], do: Do) -> Law:
    """p(v'_i | given) of each factor had do() been so, the noise being that of the units seen.

    Args:
        story: v := f(pa, u).
        coupling: that makes f of the story's tables.
        given: factual classes of any of the factors.
        do: targets and their actions.

    Raises:
        TooLargeError: a table of the twin network would be too large.
    """
    moved = moved_by(story.graph, do)
    kept = {v.name: _kept(given, v.name, v.classes) for v in story.all}
    domain = kept | {_twin(v.name): torch.arange(v.classes) for v in story.all}
    product: list[_Factor] = []
    for variable in story.all:
        name, own = variable.name, story.mechanisms[variable.name]
        axes = [*own.parents, name]
        product.append((own.table[torch.meshgrid(*(kept[a] for a in axes), indexing="ij")], axes))
        if name not in moved:
            continue
        changed = _after(do, name, own)
        free = [cause for cause in changed.parents if not isinstance(do.get(cause), Set)]
        now = {cause: _twin(cause) if cause in moved else cause for cause in free}
        axes = list(dict.fromkeys([*axes, *now.values()]))
        sizes = [len(domain[axis]) for axis in axes]
        if prod(sizes) * variable.classes > _LARGEST:
            raise TooLargeError(
                f"The law of {name} would take a table of {prod(sizes) * variable.classes:,} "
                f"numbers: at most {_LARGEST:,} are enumerated; give more factors, or draw."
            )
        grid = torch.meshgrid(*(domain[axis] for axis in axes), indexing="ij")
        value = dict(zip(axes, (g.flatten() for g in grid), strict=True))
        causes = {c: value[axis] for c, axis in now.items()} | _constants(do)
        rows = own.table[tuple(value[cause] for cause in own.parents)]
        after = changed.table[tuple(causes[cause] for cause in changed.parents)]
        observed = value[name]
        law = coupling.law(
            variable,
            rows.expand(len(observed), -1),
            observed,
            after.expand(len(observed), -1),
        )
        action = do.get(name)
        if isinstance(action, Shift):
            law = action.law(variable, law)
        product.append((law.unflatten(0, sizes), [*axes, _twin(name)]))
    laws = {}
    for variable in story.variables:
        name, action = variable.name, do.get(variable.name)
        if isinstance(action, Set):
            one = torch.nn.functional.one_hot(torch.tensor(action.value), variable.classes)
            laws[name] = one.double()
        else:
            axis = _twin(name) if name in moved else name
            laws[name] = _marginal(product, axis, domain[axis], variable.classes)
    return laws


def _kept(given: Mapping[str, int], name: str, classes: int) -> Tensor:
    """The classes that the evidence leaves a variable."""
    return torch.tensor([given[name]]) if name in given else torch.arange(classes)


def _after(do: Do, name: str, own: Mechanism) -> Mechanism:
    action = do.get(name)
    return action.mechanism if isinstance(action, Replace) else own


def _constants(do: Do) -> dict[str, Tensor]:
    return {name: torch.tensor(a.value) for name, a in do.items() if isinstance(a, Set)}


def _twin(name: str) -> str:
    return f"{name}\0"  # which no name holds


def _marginal(product: list[_Factor], axis: str, kept: Tensor, classes: int) -> Tensor:
    """(classes,) the product summed over all axes but one, and normalised."""
    names = list(dict.fromkeys(name for _, axes in product for name in axes))
    operands = [part for table, axes in product for part in (table, [names.index(a) for a in axes])]
    mass = torch.einsum(*operands, [names.index(axis)])
    return torch.zeros(classes, dtype=mass.dtype).index_add(0, kept, mass / mass.sum())


def joint_law(story: SCM, a: str, b: str) -> Tensor:
    """(K_a, K_b) p(a, b) of two factors, exactly; hidden causes are summed out."""
    names = [variable.name for variable in story.all]
    others = [place for place, name in enumerate(names) if name not in (a, b)]
    hidden = [[(v.name, k) for k in range(v.classes)] for v in story.hidden]
    parts = (story.log_joint(dict(seen)).exp().sum(others) for seen in product(*hidden))
    table = torch.stack(list(parts)).sum(0)
    return table if names.index(a) < names.index(b) else table.T


def seen_and_done_means(story: SCM, cause: str, effect: str) -> tuple[Tensor, Tensor]:
    """(K,), (K,): E[effect | cause = k] and E[effect | do(cause = k)], exactly, in classes."""
    classes = next(v.classes for v in story.variables if v.name == cause)
    seen = [population_law(story, {cause: k}, {})[effect] for k in range(classes)]
    done = [population_law(story, {}, {cause: Set(k)})[effect] for k in range(classes)]
    see, do = torch.stack(seen), torch.stack(done)
    places = torch.arange(see.shape[1], dtype=see.dtype)
    return see @ places, do @ places
