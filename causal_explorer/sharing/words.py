"""How a question reads aloud, and as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.question import Question

_NEARLY = 5e-4  # to 1
_TINY = 1e-4  # below it zeros would have to be counted
_COUPLINGS = {"gumbel": "Gumbel-max"}  # as papers write it
_TIED = "\u00a0"  # a space at which no line breaks
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def describe(classes: Mapping[str, int], variables: Iterable[Variable]) -> str:
    """A sprite in a few words: "heart, scale 3, orientation 4, posX 10, posY 16"."""
    return ", ".join(_phrase(variable, classes[variable.name]) for variable in variables)


def notation(do: Mapping[str, int], variables: Iterable[Variable]) -> str:
    """The intervention as a formula: "do(shape = square, scale = 2)"."""
    return f"do({equations(do, variables)})"


def equations(values: Mapping[str, int], variables: Iterable[Variable]) -> str:
    """Values as they are written: "shape = square, scale = 2"."""
    terms = [f"{v.name} = {v.label(values[v.name])}" for v in variables if v.name in values]
    return ", ".join(terms)


def sentence(question: Question, variables: tuple[Variable, ...]) -> str:
    """The question as one would ask it."""
    by_name = {variable.name: variable for variable in variables}
    opening = _opening(question, variables)
    if not question.do:
        return f"{opening} What would it have looked like, if …?"
    return f"{opening} What would it have looked like, had {_supposed(question, by_name)}?"


def _opening(question: Question, variables: tuple[Variable, ...]) -> str:
    """What is known, in a short sentence."""
    if question.evidence == "image":
        return "This is an image without labels."
    if question.evidence == "upload":
        return "This is your image."
    known = dict(question.factors)
    if question.evidence == "factors":
        named = [f"{v.name} is {v.label(known[v.name])}" for v in variables if v.name in known]
        return f"All that is known: {listed(named)}."
    shape = variables[0].label(known[variables[0].name])
    return f"This is {_article(shape)} {shape}."


def _phrase(variable: Variable, value: int) -> str:
    return variable.label(value) if variable.labels else f"{variable.name} {value}"


def _supposed(question: Question, by_name: Mapping[str, Variable]) -> str:
    """Such as: it been a square with scale 5; its scale been 5 and its posX 16."""
    do = dict(question.do)
    others = [(name, by_name[name].label(value)) for name, value in do.items() if name != "shape"]
    if "shape" not in do:
        (name, label), *rest = others
        return listed([f"its {name} been {label}", *(f"its {n} {text}" for n, text in rest)])
    shape = by_name["shape"].supposition(do["shape"])
    qualities = listed([f"{name} {label}" for name, label in others])
    return shape + (f" with {qualities}" if others else "")


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def truth_under(coupling: str) -> str:
    """What a truth of rung 3 is the truth of: no data tell the couplings apart."""
    return f"Truth under {_COUPLINGS.get(coupling, coupling)}"


def draws_text(count: int) -> str:
    """How many draws: "1 draw", "1,001 draws"."""
    return "1 draw" if count == 1 else f"{count:,} draws"


def listed(parts: Iterable[str]) -> str:
    """Parts in a row: "a, b and c"."""
    found = list(parts)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def percent(share: float) -> str:
    """A share in whole per cent, on one line; one that is not all or nothing never reads so."""
    if 0 < share < 0.01:
        return "under 1\u00a0%"
    if 0.99 < share < 1:
        return "over 99\u00a0%"
    return f"{share:.0%}".replace("%", "\u00a0%")


def figure(value: object, unit: object = None) -> str:
    """A measured number to four digits, with its unit; more of them where it is only nearly 1."""
    if not isinstance(value, int | float):
        return "–" if value is None else str(value)
    if 0 < value < _TINY:
        return f"{small(value)} {unit or ''}".strip()
    digits = 6 if 0 < abs(value - 1) < _NEARLY else 4
    return f"{value:,.{digits}g} {unit or ''}".strip()


def small(value: float) -> str:
    """A number near 0, 0 or above: "0", "0.012" or "2 × 10⁻¹⁶"."""
    if value == 0 or value >= 0.001:
        return f"{value:.2g}"
    digit, power = f"{value:.0e}".split("e")
    return f"{digit}{_TIED}×{_TIED}10{str(int(power)).translate(_SUPERSCRIPT)}"
