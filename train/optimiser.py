"""How the weights move: AdamW by the recipe, decoupled L1, and a moving average."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import softshrink
from torch.optim.swa_utils import AveragedModel

from causal_explorer.models.mechanism import ImageMechanism
from train.config import TrainConfig


def averaged(model: ImageMechanism, decay: float) -> AveragedModel:
    """An exponential moving average of the weights, young while the run is (Polyak averaging)."""

    def blend(average: Tensor, weight: Tensor, steps: Tensor | int) -> Tensor:
        share = (9 / (10 + torch.as_tensor(steps))).clamp(min=1 - decay, max=1)
        return average.lerp(weight, share.to(weight.dtype))

    return AveragedModel(model, avg_fn=blend)


def adamw(model: ImageMechanism, recipe: TrainConfig) -> torch.optim.Optimizer:
    """AdamW, with each parameter's settings from the sections of [train] that name it."""
    groups, named = [], set()
    sections = (recipe.rates, recipe.decay, recipe.sparsity)
    for name, parameter in model.named_parameters():
        rate, decay, sparsity = (_prefix(section, name) for section in sections)
        named |= {rate, decay, sparsity}
        peak = recipe.learning_rate * recipe.rates.get(rate, 1.0)
        groups.append(
            {
                "params": [parameter],
                "lr": peak,
                "peak": peak,
                "weight_decay": recipe.decay.get(decay, 0.0),
                "sparsity": recipe.sparsity.get(sparsity, 0.0),
            }
        )
    if unused := set().union(*sections) - named:
        raise ValueError(
            f"train.rates, .decay or .sparsity names no parameter with {', '.join(sorted(unused))}."
        )
    return torch.optim.AdamW(groups)


@torch.no_grad()
def shrink(group: dict, share: float) -> None:
    """Decoupled L1: a soft threshold that zeroes what the data do not hold up."""
    for parameter in group["params"]:
        parameter.copy_(softshrink(parameter, group["lr"] * group["sparsity"] * share))


def _prefix(settings: dict[str, float], name: str) -> str:
    """The longest key that the parameter's name begins with, or ""."""
    return max((key for key in settings if name.startswith(key)), key=len, default="")
