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
from causal_explorer.metrics.likelihood import Likelihood
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


def card(config: RunConfig, origin: Origin, split: Split, found: Likelihood) -> str:
    """Markdown for people; the same figures are in metrics.json."""
    recipe = config.train
    unfinished = "" if split == "test" else "Unfinished: a save on the way.\n\n"
    return f"""# {config.id}

{config.model} on {config.data}, trained {datetime.now(UTC):%Y-%m-%d} by
`{origin.command}`.

{unfinished}| | |
|---|---|
| device | {origin.device} |
| processes | {origin.processes} |
| training time | {origin.seconds:.0f} s, {origin.step:,} of {recipe.steps:,} steps |
| batch | {recipe.batch} images |
| versions | {versions()} |
| commit | {origin.commit} |
| held-out loss (-ELBO) | {found.loss:.4f} nats an image |
| of which image term | {found.image_nats:.4f} nats |
| of which KL(q(z) ‖ p(z)) | {found.kl_nats:.4f} nats |
| reconstructions equal pixel for pixel | {100 * found.exact:.2f} % |
| held-out images | {found.images:,} of the {split} split, none seen in training |

{_cuda_note(origin.device)}Labels are not scored: the loss is of the image alone, given its factors.
"""


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
