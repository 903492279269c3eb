"""The card of a checkpoint: what it is, who trained it on what, and how good it is."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pyro
import torch

from causal_explorer.metrics.likelihood import Likelihood
from train.config import RunConfig

_ROOT = Path(__file__).resolve().parents[1]


def card(
    config: RunConfig,
    device: torch.device,
    seconds: float,
    test: Likelihood,
    command: str,
    version: str,
) -> str:
    """Markdown for people; the same figures are in metrics.json."""
    recipe = config.train
    return f"""# {config.id}

{config.model} on {config.data}, trained {datetime.now(UTC):%Y-%m-%d} by
`{command}`.

| | |
|---|---|
| device | {device_name(device)} |
| training time | {seconds:.0f} s, {recipe.steps:,} steps of {recipe.batch} images |
| versions | {versions()} |
| commit | {version} |
| held-out loss (-ELBO) | {test.loss:.4f} nats an image |
| of which image term | {test.image_nats:.4f} nats |
| of which KL(q(z) ‖ p(z)) | {test.kl_nats:.4f} nats |
| reconstructions equal pixel for pixel | {100 * test.exact:.2f} % |
| held-out images | {test.images:,} combinations of factors that training never saw |

{_cuda_note(device)}Labels are not scored: the loss is that of the image alone, given its factors.
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


def _cuda_note(device: torch.device) -> str:
    if device.type == "cuda":
        return ""
    return "No CUDA device was at hand, so the same recipe ran on the CPU.\n\n"
