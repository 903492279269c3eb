"""Which wrong lines can be planted, and a sample of them."""

from __future__ import annotations

import random
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.plugins import get_operator


@dataclass(frozen=True)
class Mutant:
    """A wrong line.

    Attributes:
        module: its path from the root of the repository.
        operator: of Cosmic Ray, without "core/".
        occurrence: which of the places where the operator fits, from 0.
        line: where it begins.
        text: of the right line.
    """

    module: str
    operator: str
    occurrence: int
    line: int
    text: str

    @property
    def package(self) -> str:
        """Of the library: scm, inference …"""
        return Path(self.module).parts[1]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.operator} #{self.occurrence}\n    {self.text}"


def all_mutants(only: str = "") -> list[Mutant]:
    """All of the packages and operators in pyproject.toml, of modules whose path holds `only`."""
    settings = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["mutation"]
    folders = [Path("causal_explorer") / name for name in settings["packages"]]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    chosen = [path for path in paths if only in str(path)]
    return [own for path in chosen for own in _of_module(path, settings["operators"])]


def drawn(mutants: list[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """So many of them by chance, or all."""
    if count is None or count >= len(mutants):
        return mutants
    return random.Random(seed).sample(mutants, count)


def _of_module(path: Path, operators: list[str]) -> list[Mutant]:
    """By operator, in the order in which Cosmic Ray counts the places."""
    nodes, lines = list(ast_nodes(get_ast_from_path(path))), path.read_text().splitlines()
    found = []
    for name in operators:
        operator = get_operator(f"core/{name}")()
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, (line, _) in enumerate(places):
            found.append(Mutant(str(path), name, occurrence, line, lines[line - 1].strip()))
    return found
