"""The card of a checkpoint: what it is and is for, who trained it on what, and how good it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from causal_explorer.metrics.likelihood import Likelihood
from causal_explorer.metrics.recognition import Recognition
from causal_explorer.metrics.terms import Terms
from causal_explorer.models.scope import SCOPES
from train.origin import DIRTY

_OF = {"test": "the final test of this run", "validation": "a save on the way"}
Figures = Likelihood | Recognition | Terms


def card(name: str, config: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Markdown for people.

    Args:
        name: of the checkpoint.
        config: as in config.json.
        metrics: as in metrics.json: an `Origin`, and the figures of a split.
    """
    recipe, split = config["train"], "test" if "test" in metrics else "validation"
    found, scope = measured(metrics[split]), SCOPES[config["model"]]
    told = {what: figure for what, figure in found.table.items() if "nan" not in figure}
    figures = "\n".join(f"| {what} | {figure} |" for what, figure in told.items())
    unfinished = "" if split == "test" else "Unfinished: a save on the way.\n\n"
    return f"""# {name}

{config["model"]} on {_about(config["data"])}, trained {metrics["date"]} by
`{metrics["command"]}`.

{unfinished}| | |
|---|---|
| device | {metrics["device"]} |
| processes | {metrics["processes"]} |
| training time | {_length(metrics, recipe["steps"])} |
| batch | {recipe["batch"]} images |
| seed | {recipe["seed"]}; of the split {recipe["split_seed"]} |
| versions | {metrics["versions"]} |
| commit | {metrics["commit"]} |
{_continued(metrics)}| figures below | {_OF[split]}; study.json holds later ones |
{figures}
| held-out images | {_seen(found.images, metrics[split].get("held_out"), split)} |

{_device_note(metrics["device"])}{_commit_note(metrics["commit"])}{_scored(found)}

## Intended use

{scope.intended}

## What it assumes

{scope.assumes}

## Limits

{scope.limits}
"""


def measured(figures: Mapping[str, Any]) -> Figures:
    """The figures of a split, as metrics.json keeps them; NaN is what was not measured then."""
    kind = Terms if "terms" in figures else Likelihood if "kl_nats" in figures else Recognition
    return kind(**{key: figures.get(key, math.nan) for key in kind.__dataclass_fields__})


def _seen(images: int, held_out: int | None, split: str) -> str:
    """How many pictures were measured, and of how many."""
    if held_out in (None, images):
        return f"{images:,} of the {split} split, none seen in training"
    why = ", in proportion to a run below one epoch" if split == "test" else ""
    part = f"{images:,} of the {held_out:,} of the {split} split"
    return f"{part}, evenly spread{why}; none seen in training"


def _length(metrics: Mapping[str, Any], steps: int) -> str:
    epochs = metrics.get("epochs")
    passes = "" if epochs is None else f", {epochs:.3g} epochs"
    return f"{metrics['seconds']:.0f} s, {metrics['step']:,} of {steps:,} steps{passes}"


def _continued(metrics: Mapping[str, Any]) -> str:
    """A row for each setting that was changed on the way."""
    return "".join(f"| continued | {change} |\n" for change in metrics.get("changes", ()))


def _about(data: str | Mapping[str, object]) -> str:
    """The data set with its settings."""
    if isinstance(data, str):
        return data
    settings = ", ".join(f"{key} = {value}" for key, value in data.items() if key != "name")
    return f"{data['name']} ({settings})" if settings else str(data["name"])


def _scored(found: Figures) -> str:
    if isinstance(found, Likelihood):
        return "Labels are not scored: the loss is of the image alone, given its factors."
    if isinstance(found, Terms):
        return "Terms are means over the held-out units."
    return "What it proposes is scored before it counts, and only where no bound is known."


def _device_note(device: str) -> str:
    if device.startswith("CUDA"):
        return ""
    return "It was trained on the CPU; the recipe is the same for CUDA.\n\n"


def _commit_note(commit: str) -> str:
    if commit.endswith(DIRTY):
        return (
            f"The code that trained it was commit {commit.removesuffix(DIRTY)} with changes that "
            "no commit holds; which ones was not kept. Its recipe is in config.json.\n\n"
        )
    if commit == "unknown":
        return "The code that trained it lay in no git repository, so its commit is not known.\n\n"
    return ""
