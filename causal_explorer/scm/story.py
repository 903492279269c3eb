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

The name of a hidden cause is words of letters a to z, digits, _ and -, 40 characters at most; a
summary has 500 letters at most.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod

from causal_explorer import toml
from causal_explorer.scm.coupling import coupling_named
from causal_explorer.scm.mechanisms import Mechanism, mechanism
from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.peak_check import check_peak
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.section import Table, from_section, to_section
from causal_explorer.scm.table_check import check_table
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief, first_line, listed, shortened

SUMMARY = 500  # letters of a summary
_NAME = 40  # letters of a hidden cause's name
_WORDS = re.compile("[A-Za-z][A-Za-z0-9]*([ _-][A-Za-z0-9]+)*")
_MOST = 64  # classes of a hidden variable
_LARGEST = 2**21  # entries of one table
_CONCENTRATION = 4.0  # of a ring that was flat before a cause came to act on it
_SITES = ("z", "image", "units", "images")  # of the Pyro program, with "u_" and a variable
_BROKEN = (ValueError, TypeError, OverflowError, RecursionError)  # of numbers and lists in a file


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
    summary: str = field(repr=False)
    coupling: str
    mechanisms: Mapping[str, Peak | Table] = field(repr=False)
    hidden: Mapping[str, int]

    def __post_init__(self) -> None:
        if not isinstance(self.summary, str):
            raise ValueError(f"{self._told}: summary is {brief(self.summary)}: it takes words.")
        if len(self.summary) > SUMMARY:
            raise ValueError(
                f"{self._told}: summary has {len(self.summary):,} letters: it takes {SUMMARY} at "
                "most."
            )
        for name in self.hidden:
            _check_name(self._told, name)

    @property
    def _told(self) -> str:
        """What a sentence about it begins with."""
        return f"The story {shortened(self.name)}"

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
                f"{self._told}: the classes of its hidden causes have more than {_MOST} "
                "combinations, the most that are enumerated."
            )
        known = {variable.name: variable for variable in (*variables, *hidden)}
        if len(known) < len(variables) + len(hidden):
            shown = [variable.name for variable in variables if variable.name in self.hidden]
            raise ValueError(
                f"{self._told} hides a variable that the data set shows: {listed(shown)}."
            )
        taken = [name for name in self.hidden if name in _SITES or name.startswith("u_")]
        if taken:
            raise ValueError(
                f"{self._told} has the hidden cause {brief(taken[0])}: {listed(_SITES)} and what "
                "begins with u_ name noise and pictures: call it something else."
            )
        unknown = [name for name in self.mechanisms if name not in known]
        missing = [name for name in known if name not in self.mechanisms]
        if unknown or missing:
            odd = f" lacks {listed(missing)}" if missing else f" does not know {listed(unknown)}"
            raise ValueError(
                f"{self._told} has the sections {listed(self.mechanisms)}: "
                f"it takes one for each of {listed(known)}, and{odd}."
            )
        built = {}
        for name, written in self.mechanisms.items():
            try:
                built[name] = _built(known[name], written, known)
            except _BROKEN as error:
                said = first_line(error)
                raise ValueError(
                    f"{self._told}, [{shortened(name)}]: {said[:1].lower()}{said[1:]}."
                ) from error
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
            content[name] = to_section(written)
        return tomli_w.dumps(content)


def parse(name: str, text: str) -> Story:
    """Reads a story; what it says is checked by `Story.build`.

    Args:
        name: to call it by.
        text: TOML.

    Raises:
        ValueError: not TOML, an unknown key, or a value of a wrong type.
    """
    told = f"The story {shortened(name)}"
    if not isinstance(text, str):
        raise ValueError(f"{told} is of type {type(text).__name__}: it takes text.")
    try:
        content = toml.loads(text)
    except ValueError as error:
        raise ValueError(f"{told} cannot be read: {first_line(error)}.") from error
    summary, coupling = content.pop("summary", ""), content.pop("coupling", "gumbel")
    try:
        coupling = coupling_named(coupling).name
    except ValueError as error:
        raise ValueError(f"{told}: {first_line(error)}.") from error
    hidden = {
        cause: _classes(told, cause, section)
        for cause, section in _mapping(told, "hidden", content.pop("hidden", {})).items()
    }
    mechanisms = {}
    for variable, section in content.items():
        written = _mapping(told, variable, section)
        try:
            mechanisms[variable] = from_section(written)
        except _BROKEN as error:
            raise ValueError(f"{told}, [{shortened(variable)}]: {first_line(error)}.") from error
    return Story(name, summary, coupling, mechanisms, hidden)


def _mapping(told: str, key: str, section: object) -> dict[str, object]:
    if not isinstance(section, dict):
        raise ValueError(f"{told}: {shortened(key)} is {brief(section)}: it takes a section.")
    return section


def _classes(told: str, cause: str, section: object) -> int:
    """How many classes a hidden cause has."""
    _check_name(told, cause)
    written = _mapping(told, f"hidden.{cause}", section)
    if odd := [key for key in written if key != "classes"]:
        raise ValueError(
            f"{told}: hidden.{cause} has {brief(odd[0])}: it takes classes, and nothing else."
        )
    classes = written.get("classes")
    if not isinstance(classes, int) or isinstance(classes, bool) or not 2 <= classes <= _MOST:
        raise ValueError(
            f"{told}: hidden.{cause}.classes is {brief(classes)}: "
            f"it takes a whole number from 2 to {_MOST}."
        )
    return classes


def _check_name(told: str, cause: object) -> None:
    """Refuses a hidden cause whose name is no words."""
    if not isinstance(cause, str) or len(cause) > _NAME or not _WORDS.fullmatch(cause):
        raise ValueError(
            f"{told} has the hidden cause {brief(cause)}: its name takes words of letters a to z, "
            f"digits, _ and -, {_NAME} characters at most."
        )


def _built(variable: Variable, written: Peak | Table, known: Mapping[str, Variable]) -> Mechanism:
    """The table of a mechanism, its numbers checked against the variables."""
    parents = written.parents if isinstance(written, Table) else tuple(written.effects)
    for cause in parents:
        if cause not in known:
            raise ValueError(f"the cause {shortened(cause)} is unknown: there are {listed(known)}")
    entries = variable.classes
    for cause in parents:
        entries *= known[cause].classes
    if entries > _LARGEST:
        raise ValueError(f"its table would have {entries:,} entries: at most {_LARGEST:,}")
    causes = [known[cause] for cause in parents]
    if isinstance(written, Table):
        check_table(written.table, [*causes, variable])
        return mechanism(parents, written.table)
    check_peak(variable, written, causes)
    return mechanism(parents, written.table(variable, causes))
