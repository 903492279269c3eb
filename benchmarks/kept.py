"""What becomes of a system's study: printed, and kept with its checkpoint."""

from __future__ import annotations

import json
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
    """Writes the study into the folder of its checkpoint."""
    path = checkpoint.find(name) / "study.json"
    path.write_text(json.dumps(study, indent=1) + "\n")
    print(f"Saved: {path}")
