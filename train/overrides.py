"""`--set key=value`: one setting in the place of the config's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from causal_explorer import toml
from causal_explorer.wording import brief, first_line

_CHOICES = (("data",), ("data", "name"), ("model",))  # they bring settings of their own
_LENGTHS = {"steps", "epochs"}  # of a run: one or the other


def override(content: dict[str, Any], sets: Sequence[str]) -> None:
    """Puts each key=value into a config, whatever their order.

    A value takes the place of the whole old one, a table too; a table for [train] or [network]
    sets what it names. Another data set or model comes without the settings of the old one, and
    train.epochs without train.steps.

    Args:
        content: of the config's file; changed.
        sets: each read as TOML; a bare word is a string.

    Raises:
        ValueError: malformed; a setting of what is no section; steps and epochs at once.
    """
    parsed = [pair for one in sets for pair in _each(*_parse(one), one)]
    for path, value, said in sorted(parsed, key=lambda one: one[0] not in _CHOICES):
        if path[0] == "data":
            content["data"] = _data(content.get("data"), path[1:], value, said)
        elif path == ("model",):
            if value != content.get("model"):
                content["network"] = {}
            content["model"] = value
        else:
            _put(content, path, value, said)
    _one_length(content, {path[1] for path, *_ in parsed if path[0] == "train" and path[1:]})


def _parse(said: str) -> tuple[tuple[str, ...], Any]:
    """The key, in its parts, and the value."""
    key, equals, value = said.partition("=")
    if not equals or "\n" in said:
        raise ValueError(f"--set {brief(said)} is not of the form key=value.")
    try:
        tree: Any = toml.loads(f"{key}= 0")
    except ValueError as error:
        raise ValueError(f"--set {brief(said)}: {first_line(error)}.") from error
    path = []
    while isinstance(tree, dict):
        ((part, tree),) = tree.items()
        path.append(part)
    try:
        return tuple(path), toml.loads(f"value = {value}")["value"]
    except ValueError:
        return tuple(path), value.strip()  # a bare word


def _each(path: tuple[str, ...], value: Any, said: str) -> list[tuple[tuple[str, ...], Any, str]]:
    """A table for a section of the file, setting by setting."""
    if path in (("train",), ("network",)) and isinstance(value, dict):
        return [((*path, key), part, said) for key, part in value.items()]
    return [(path, value, said)]


def _data(old: Any, path: tuple[str, ...], value: Any, said: str) -> Any:
    """The data set with its settings, once one of them is set."""
    named = dict(old) if isinstance(old, dict) else {"name": old}
    if not path:  # all of it; a table without a name is of the same data set
        unnamed = isinstance(value, dict) and "name" not in value
        return {"name": named.get("name")} | value if unnamed else value
    if path == ("name",) and value != named.get("name"):
        return {"name": value}
    _put(named, path, value, said)
    return named


def _put(content: dict[str, Any], path: tuple[str, ...], value: Any, said: str) -> None:
    *sections, last = path
    for name in sections:
        content = content.setdefault(name, {})
        if not isinstance(content, dict):
            raise ValueError(f"--set {brief(said)}: {name} is not a section.")
    content[last] = value


def _one_length(content: dict[str, Any], given: set[str]) -> None:
    """Takes away the file's own length where another is given."""
    lengths = _LENGTHS & given
    if len(lengths) > 1:
        raise ValueError("train.steps and train.epochs are both set: a run takes one of the two.")
    train = content.get("train")
    if lengths and isinstance(train, dict):
        for other in _LENGTHS - lengths:
            train.pop(other, None)
