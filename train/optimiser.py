"""How the weights move: AdamW by the recipe, then natural gradient, and a moving average."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import softshrink
from torch.optim.swa_utils import AveragedModel

from causal_explorer.wording import listed
from train.config import TrainConfig
from train.natural import NaturalGradient


def averaged(model: nn.Module, decay: float) -> AveragedModel:
    """An exponential moving average of the weights, young while the run is (Polyak averaging).

    Where a weight is exactly 0, by L1, its average is too.
    """

    def blend(average: Tensor, weight: Tensor, steps: Tensor | int) -> Tensor:
        share = (9 / (10 + torch.as_tensor(steps))).clamp(min=1 - decay, max=1)
        return average.lerp(weight, share.to(weight.dtype)) * (weight != 0)

    return AveragedModel(model, avg_fn=blend)


def adamw(model: nn.Module, recipe: TrainConfig) -> torch.optim.Optimizer:
    """AdamW, with each parameter's settings from the sections of [train] that name it."""
    groups = []
    for name, parameter in model.named_parameters():
        peak = recipe.learning_rate * _setting(recipe.rates, name, 1.0)
        sparsity = _setting(recipe.sparsity, name, 0.0)
        start = _setting(recipe.starts, name, 0.0)
        groups.append(
            {
                "params": [parameter],
                "lr": peak,
                "peak": peak,
                "sparsity": sparsity,
                "start": start,
            }
        )
    _all_used(model, recipe)
    return torch.optim.AdamW(groups, weight_decay=0.0, fused=True)


@torch.no_grad()
def shrink(optimiser: torch.optim.Optimizer) -> None:
    """Decoupled L1: a soft threshold, which zeroes what the gradients do not agree on.

    AdamW moves a weight by its rate where they agree, and by a quarter of it where they are
    noise; a sparsity in between tells the two apart.
    """
    for group in optimiser.param_groups:
        if group["sparsity"]:
            for parameter in group["params"]:
                parameter.copy_(softshrink(parameter, group["lr"] * group["sparsity"]))


def natural(model: nn.Module, recipe: TrainConfig) -> NaturalGradient:
    """Natural gradient, for the parameters that train.natural names."""
    chosen = tuple(recipe.natural)
    named = {name: p for name, p in model.named_parameters() if name.startswith(chosen)}
    starts = [_setting(recipe.starts, name, 0.0) for name in named]
    return NaturalGradient(list(named.values()), recipe.batch, starts)


def _all_used(model: nn.Module, recipe: TrainConfig) -> None:
    names = [name for name, _ in model.named_parameters()]
    asked = {*recipe.rates, *recipe.sparsity, *recipe.starts, *recipe.natural}
    if unused := sorted(key for key in asked if not any(n.startswith(key) for n in names)):
        raise ValueError(
            f"[train] names no parameter with {listed(unused)}: "
            "see rates, sparsity, starts and natural."
        )


def _setting(section: dict[str, float], name: str, otherwise: float) -> float:
    """The section's number for the longest key that the parameter's name begins with."""
    key = max((key for key in section if name.startswith(key)), key=len, default="")
    return section.get(key, otherwise)
