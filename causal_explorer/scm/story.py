"""A story as it is written: a small TOML file from which the tables follow.

summary = "…"
coupling = "gumbel"            # under which counterfactuals are asked unless they say

[hidden.wind]                  # a cause that no data set shows
classes = 5

[posX]                         # one section a variable: a peak, as in parametric.py,
spread = 2.5
effects.wind.slope = 5.0

[posY]                         # or a table, an axis a parent
parents = ["shape"]
table = [[…], […], […]]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite, prod

from causal_explorer import toml
from causal_explorer.scm.coupling import coupling_named
from causal_explorer.scm.mechanisms import Mechanism, mechanism
from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.peak_check import check_peak
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief, first_line

_MOST = 64  # classes of a hidden variable
_LARGEST = 2**21  # entries of one table
_CONCENTRATION = 4.0  # of a ring that was flat before a cause came to act on it
_SITES = ("z", "image", "units", "images")  # of the Pyro program, with "u_" and a variable
_BROKEN = (ValueError, TypeError, OverflowError, RecursionError)  # of numbers and lists in a file


@dataclass(frozen=True)
class Table:
    """p(v | pa) number by number.

    Attributes:
        parents: names of the direct causes, one axis each.
        table: nested lists; the last axis is the variable's own.
    """

    parents: tuple[str, ...]
    table: object


@dataclass(frozen=True)
class Story:
    """What a story's file says.

    Attributes:
        name: of the story.
        summary: the story in one breath.
        coupling: of its noise, unless a question names another.
        mechanisms: of each variable.
        hidden: classes of each hidden variable.
    """

    name: str
    summary: str
    coupling: str
    mechanisms: Mapping[str, Peak | Table]
    hidden: Mapping[str, int]

    def build(self, variables: tuple[Variable, ...]) -> SCM:
        """The structural causal model over a data set's variables.

        Raises:
            ValueError: a variable without a mechanism, an unknown cause, a cycle, or numbers
                that make no table.
        """
        hidden = tuple(
            Variable(name, tuple(float(k) for k in range(classes)))
            for name, classes in self.hidden.items()
        )
        if prod(self.hidden.values()) > _MOST:
            raise ValueError(
                f"The hidden causes of the story {self.name} have {prod(self.hidden.values()):,} "
                f"combinations of classes: at most {_MOST} are enumerated."
            )
        known = {variable.name: variable for variable in (*variables, *hidden)}
        if len(known) < len(variables) + len(hidden):
            raise ValueError(f"The story {self.name} hides a variable that the data set shows.")
        taken = [name for name in self.hidden if name in _SITES or name.startswith("u_")]
        if taken:
            raise ValueError(
                f"The story {self.name} has the hidden cause {brief(taken[0])}: "
                f"{', '.join(_SITES)} and what begins with u_ name noise and pictures: call it "
                "something else."
            )
        unknown = [name for name in self.mechanisms if name not in known]
        missing = [name for name in known if name not in self.mechanisms]
        if unknown or missing:
            raise ValueError(
                f"The story {self.name} has the sections {', '.join(self.mechanisms)}: "
                f"it takes one for each of {', '.join(known)}."
            )
        built = {}
        for name, written in self.mechanisms.items():
            try:
                built[name] = _built(known[name], written, known)
            except _BROKEN as error:
                said = first_line(error)
                raise ValueError(f"The story {self.name}, [{name}]: {said}.") from error
        return SCM(self.name, self.summary, variables, built, hidden, self.coupling)

    def with_effect(self, cause: str, target: Variable, effect: Effect | None) -> Story:
        """The same story with another effect of one variable on another; None cuts the edge.

        A flat row has no peak that a cause could move, so with an effect it gets one. A
        concentration for each class of the only cause becomes their mean where causes change.

        Args:
            cause: name of the variable that acts.
            target: the variable that it acts on.
            effect: in classes of the target; an edge that is there keeps its place.

        Raises:
            ValueError: the target's mechanism is written as a table.
        """
        peak = self.mechanisms.get(target.name)
        if not isinstance(peak, Peak):
            raise ValueError(
                f"The mechanism of {brief(target.name)} is a table: edit the file instead."
            )
        effects = dict(peak.effects)
        if effect is None:
            effects.pop(cause, None)
        else:
            effects[cause] = effect
        changed = replace(peak, effects=effects)
        if isinstance(peak.concentration, tuple) and set(effects) != set(peak.effects):
            mean = sum(peak.concentration) / len(peak.concentration)
            changed = replace(changed, concentration=mean)
        if effect is not None and target.kind == "ordinal" and changed.spread is None:
            changed = replace(changed, spread=max(1.0, round(0.1 * target.classes, 1)))
        if effect is not None and target.kind == "circular" and changed.concentration == 0.0:
            changed = replace(changed, concentration=_CONCENTRATION)
        return replace(self, mechanisms={**self.mechanisms, target.name: changed})

    def to_toml(self) -> str:
        """The story as a file that `parse` reads back."""
        import tomli_w  # a machine that only trains need not have it

        content: dict[str, object] = {"summary": self.summary, "coupling": self.coupling}
        if self.hidden:
            content["hidden"] = {name: {"classes": k} for name, k in self.hidden.items()}
        for name, written in self.mechanisms.items():
            content[name] = _section(written)
        return tomli_w.dumps(content)


def parse(name: str, text: str) -> Story:
    """Reads a story; what it says is checked by `Story.build`.

    Args:
        name: to call it by.
        text: TOML.

    Raises:
        ValueError: not TOML, an unknown key, or a value of a wrong type.
    """
    if not isinstance(text, str):
        raise ValueError(f"The story {name} is of type {type(text).__name__}: it takes text.")
    try:
        content = toml.loads(text)
    except ValueError as error:
        raise ValueError(f"The story {name} cannot be read: {first_line(error)}.") from error
    summary, coupling = content.pop("summary", ""), content.pop("coupling", "gumbel")
    if not isinstance(summary, str):
        raise ValueError(f"The story {name}: summary is {brief(summary)}: it takes words.")
    hidden = {}
    for cause, section in _mapping(name, "hidden", content.pop("hidden", {})).items():
        written = _mapping(name, f"hidden.{cause}", section)
        if set(written) - {"classes"}:
            raise ValueError(f"The story {name}: hidden.{cause} takes classes, and nothing else.")
        classes = written.get("classes")
        if not isinstance(classes, int) or isinstance(classes, bool) or not 2 <= classes <= _MOST:
            raise ValueError(
                f"The story {name}: hidden.{cause}.classes is {brief(classes)}: "
                f"it takes a whole number from 2 to {_MOST}."
            )
        hidden[cause] = classes
    mechanisms = {}
    for variable, section in content.items():
        written = _mapping(name, variable, section)
        try:
            mechanisms[variable] = _written(written)
        except _BROKEN as error:
            raise ValueError(f"The story {name}, [{variable}]: {first_line(error)}.") from error
    return Story(name, summary, coupling_named(coupling).name, mechanisms, hidden)


def _mapping(story: str, key: str, section: object) -> dict[str, object]:
    if not isinstance(section, dict):
        raise ValueError(f"The story {story}: {key} is {brief(section)}: it takes a section.")
    return section


def _written(section: Mapping[str, object]) -> Peak | Table:
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
    if not isinstance(section, dict):
        raise ValueError(f"effects.{cause} is {brief(section)}: it takes a section")
    _only(section, {setting.name for setting in fields(Effect)})
    numbers = {key: _numbers(f"effects.{cause}.{key}", value) for key, value in section.items()}
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
        raise ValueError(f"the key {unknown[0]} is unknown: there are {', '.join(sorted(known))}")


def _built(variable: Variable, written: Peak | Table, known: Mapping[str, Variable]) -> Mechanism:
    """The table of a mechanism, its numbers checked against the variables."""
    parents = written.parents if isinstance(written, Table) else tuple(written.effects)
    for cause in parents:
        if cause not in known:
            raise ValueError(f"the cause {cause} is unknown: there are {', '.join(known)}")
    entries = variable.classes
    for cause in parents:
        entries *= known[cause].classes
    if entries > _LARGEST:
        raise ValueError(f"its table would have {entries:,} entries: at most {_LARGEST:,}")
    if isinstance(written, Table):
        return mechanism(parents, written.table)
    causes = [known[cause] for cause in parents]
    check_peak(variable, written, causes)
    return mechanism(parents, written.table(variable, causes))


def _section(written: Peak | Table) -> dict[str, object]:
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
