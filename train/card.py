"""The card of a checkpoint: what it is, who trained it on what, and how good it is."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyro
import torch

from causal_explorer.data.splits import Split
from causal_explorer.metrics.held_out import Measured
from causal_explorer.metrics.likelihood import Likelihood
from causal_explorer.metrics.terms import Terms
from train.config import RunConfig

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Origin:
    """Where a checkpoint comes from.

    Attributes:
        command: that trains it.
        commit: of the code that trained it.
        device: it was trained on, by its maker's name.
        processes: that trained together.
        step: at which it stands.
        seconds: of training until then.
    """

    command: str
    commit: str
    device: str
    processes: int
    step: int
    seconds: float


def card(config: RunConfig, origin: Origin, split: Split, found: Measured) -> str:
    """Markdown for people; the same figures are in metrics.json."""
    recipe = config.train
    figures = "\n".join(f"| {name} | {figure} |" for name, figure in found.table.items())
    unfinished = "" if split == "test" else "Unfinished: a save on the way.\n\n"
    return f"""# {config.id}

{config.model} on {_about(config.data)}, trained {datetime.now(UTC):%Y-%m-%d} by
`{origin.command}`.

{unfinished}| | |
|---|---|
| device | {origin.device} |
| processes | {origin.processes} |
| training time | {origin.seconds:.0f} s, {origin.step:,} of {recipe.steps:,} steps |
| batch | {recipe.batch} images |
| versions | {versions()} |
| commit | {origin.commit} |
{figures}
| held-out images | {found.images:,} of the {split} split, none seen in training |

{_cuda_note(origin.device)}{_scored(found)}
"""


def _about(data: str | dict[str, object]) -> str:
    """The data set with its settings."""
    if isinstance(data, str):
        return data
    settings = ", ".join(f"{key} = {value}" for key, value in data.items() if key != "name")
    return f"{data['name']} ({settings})" if settings else str(data["name"])


def _scored(found: Measured) -> str:
    if isinstance(found, Likelihood):
        return "Labels are not scored: the loss is of the image alone, given its factors."
    if isinstance(found, Terms):
        return "Terms are means over the held-out units."
    return "Which explanations it leaves out, the search that starts from it mends."


def device_name(device: torch.device) -> str:
    """The device as its maker calls it."""
    if device.type == "cuda":
        return f"CUDA, {torch.cuda.get_device_name(device)}"
    return f"CPU, {torch.get_num_threads()} threads"


def versions() -> str:
    """Of what the training ran on."""
    python = platform.python_version()
    return f"Python {python}, torch {torch.__version__}, pyro {pyro.__version__}"


def commit() -> str:
    """The commit of the working tree, marked where it has uncommitted changes."""
    command = ["git", "-C", str(_ROOT), "describe", "--always", "--abbrev=12", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _cuda_note(device: str) -> str:
    if device.startswith("CUDA"):
        return ""
    return "No CUDA device was at hand, so the same recipe ran on the CPU.\n\n"
