"""A mechanism as a story's file says it: a section of TOML, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite

from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.wording import brief, listed, shortened


@dataclass(frozen=True)
class Table:
    """p(v | pa) number by number.

    Attributes:
        parents: names of the direct causes, one axis each.
        table: nested lists; the last axis is the variable's own.
    """

    parents: tuple[str, ...]
    table: object


def from_section(section: Mapping[str, object]) -> Peak | Table:
    """A mechanism from its section."""
    if "table" in section:
        _only(section, {"parents", "table"})
        parents = section.get("parents", [])
        if not isinstance(parents, list) or not all(isinstance(p, str) for p in parents):
            raise ValueError(f"parents is {brief(parents)}: it takes a list of names")
        if len(set(parents)) < len(parents):
            raise ValueError(f"parents is {brief(parents)}: it names a cause twice")
        return Table(tuple(parents), section["table"])
    _only(section, {setting.name for setting in fields(Peak)})
    effects = section.get("effects", {})
    if not isinstance(effects, dict):
        raise ValueError(f"effects is {brief(effects)}: it takes a section")
    numbers = {key: _numbers(key, value) for key, value in section.items() if key != "effects"}
    return Peak({cause: _effect(cause, e) for cause, e in effects.items()}, **numbers)  # type: ignore[arg-type]


def _effect(cause: str, section: object) -> Effect:
    name = f"effects.{shortened(cause)}"
    if not isinstance(section, dict):
        raise ValueError(f"{name} is {brief(section)}: it takes a section")
    _only(section, {setting.name for setting in fields(Effect)})
    numbers = {key: _numbers(f"{name}.{key}", value) for key, value in section.items()}
    return Effect(**numbers)  # type: ignore[arg-type]


def _numbers(key: str, value: object) -> float | tuple[float, ...]:
    """A finite number, or several."""
    several: list[float] = []
    for number in value if isinstance(value, list) else [value]:
        if not isinstance(number, (int, float)) or isinstance(number, bool):
            raise ValueError(f"{key} is {brief(value)}: it takes numbers")
        if abs(number) > 1_000_000 or not isfinite(number):
            raise ValueError(f"{key} is {brief(value)}: it takes numbers up to a million")
        several.append(float(number))
    is_list = key.rpartition(".")[2] in ("values", "weights")
    if is_list != isinstance(value, list) and key != "concentration":
        raise ValueError(f"{key} is {brief(value)}: it takes {'a list' if is_list else 'a number'}")
    return tuple(several) if isinstance(value, list) else several[0]


def _only(section: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(set(section) - known)
    if unknown:
        raise ValueError(
            f"the key {shortened(unknown[0])} is unknown: there are {listed(sorted(known))}"
        )


def to_section(written: Peak | Table) -> dict[str, object]:
    """What the file says of a mechanism, without what is as it would be anyway."""
    if isinstance(written, Table):
        return {"parents": list(written.parents), "table": written.table}
    section = _changed(written)
    if written.effects:
        section["effects"] = {cause: _changed(e) for cause, e in written.effects.items()}
    return section


def _changed(written: Peak | Effect) -> dict[str, object]:
    """The settings that differ from their defaults."""
    plain = type(written)()
    found = {s.name: getattr(written, s.name) for s in fields(written) if s.name != "effects"}
    kept = {key: value for key, value in found.items() if value != getattr(plain, key)}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in kept.items()}
