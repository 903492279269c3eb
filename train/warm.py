"""A run may begin with weights that another checkpoint has learned already."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from causal_explorer import checkpoint
from causal_explorer.models.base import Model


@torch.no_grad()
def warm(model: nn.Module, section: Mapping[str, str]) -> None:
    """Copies weights of the same name.

    Args:
        model: that is to begin with them.
        section: checkpoints, by how the names of the weights begin.

    Raises:
        ValueError: an unknown checkpoint, no weight of that name, or one that the checkpoint has
            not, or of another shape.
    """
    weights = dict(model.named_parameters())
    for beginning, name in section.items():
        found = dict(checkpoint.read(name, Model).model.named_parameters())
        own = [key for key in weights if key.startswith(beginning)]
        odd = [k for k in own if k not in found or found[k].shape != weights[k].shape]
        if not own or odd:
            raise ValueError(
                f"[train.warm] takes {beginning} from {name}, which has no "
                f"{odd[0] if odd else beginning} as the model has it."
            )
        for key in own:
            weights[key].copy_(found[key])
