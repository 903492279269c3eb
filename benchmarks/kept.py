"""What becomes of a system's study: printed, and kept with its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causal_explorer import checkpoint
from causal_explorer.sharing.words import figure


def told(study: Mapping[str, Any]) -> None:
    """Prints the figures."""
    for row in study["metrics"]:
        paper = "" if row["paper"] is None else f" (published {figure(row['paper'])})"
        print(f"{row['name']}: {figure(row['ours'], row['unit'])}{paper} {row['note']}".rstrip())


def keep(name: str, study: Mapping[str, Any]) -> None:
    """Writes a study beside its checkpoint; what other commands added to an earlier one stays."""
    added = [row for row in _metrics(name) if "command" in row]
    kept = checkpoint.study(name) or {}
    checked = {"check": kept["check"]} if "check" in kept else {}
    _write(name, {**checked, **study, "metrics": [*study["metrics"], *added]})


def add(name: str, study: Mapping[str, Any]) -> None:
    """Adds the figures of another command to the study that is kept, or renews them there."""
    others = [row for row in _metrics(name) if _program(row) != _program(study)]
    own = [row | {"command": study["command"]} for row in study["metrics"]]
    whole = checkpoint.study(name) or {"command": study["command"], "series": {}}
    _write(name, {**whole, "metrics": [*others, *own]})


def _metrics(name: str) -> list[dict[str, Any]]:
    return (checkpoint.study(name) or {}).get("metrics", [])


def _program(told: Mapping[str, Any]) -> list[str]:
    """The command without its arguments: "python -m benchmarks.evidence"."""
    return told.get("command", "").split()[:3]


def _write(name: str, study: Mapping[str, Any]) -> None:
    print(f"Saved: {checkpoint.write_study(name, study)}")
