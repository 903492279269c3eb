"""The options of a system's benchmark, and what becomes of its study: printed, and kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from causal_explorer import checkpoint
from causal_explorer.sharing.words import figure


def parser(name: str, about: str | None) -> argparse.ArgumentParser:
    """Of a benchmark that trains the variants of a checkpoint, by its name."""
    module = name.replace("-", "_")
    found = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}", description=about)
    found.add_argument("--save", action="store_true", help="keep the figures with the checkpoint")
    found.add_argument("--quick", action="store_true", help="a smoke test: short trainings")
    found.add_argument("--runs", type=Path, default=Path(f"runs/{name}-study"), help="of trainings")
    return found


def told(study: Mapping[str, Any]) -> None:
    """Prints the figures."""
    for row in study["metrics"]:
        paper = "" if row["paper"] is None else f" (published {figure(row['paper'])})"
        print(f"{row['name']}: {figure(row['ours'], row['unit'])}{paper} {row['note']}".rstrip())


def keep(name: str, study: Mapping[str, Any]) -> None:
    """Writes the study into the folder of its checkpoint."""
    path = checkpoint.find(name) / "study.json"
    path.write_text(json.dumps(study, indent=1) + "\n")
    print(f"Saved: {path}")
