"""Every network by the name that configs and checkpoints use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from causal_explorer.data.dataset import Dataset
from causal_explorer.models.base import Model
from causal_explorer.models.beta_vae import BetaVAE, BetaVAEConfig
from causal_explorer.models.causal_vae import CausalVAE, CausalVAEConfig
from causal_explorer.models.cevae import CEVAE, CEVAEConfig
from causal_explorer.models.intact_vae import IntactVAE, IntactVAEConfig
from causal_explorer.models.ladder_config import LadderVAEConfig
from causal_explorer.models.ladder_vae import LadderVAE
from causal_explorer.models.recogniser import Recogniser, RecogniserConfig
from causal_explorer.models.scm_vae import SCMVAE, SCMVAEConfig
from causal_explorer.models.scm_vae_mlp import SCMVAEMLP, SCMVAEMLPConfig
from causal_explorer.models.styled_scm_vae import StyledSCMVAE, StyledSCMVAEConfig
from causal_explorer.wording import brief, nearest

MODELS: dict[str, tuple[type[Any], type[Any]]] = {  # a Model, and the dataclass of its settings
    "scm-vae": (SCMVAE, SCMVAEConfig),
    "scm-vae-mlp": (SCMVAEMLP, SCMVAEMLPConfig),
    "beta-vae": (BetaVAE, BetaVAEConfig),
    "causal-vae": (CausalVAE, CausalVAEConfig),
    "intact-vae": (IntactVAE, IntactVAEConfig),
    "ladder-vae": (LadderVAE, LadderVAEConfig),
    "scm-vae-styled": (StyledSCMVAE, StyledSCMVAEConfig),
    "recogniser": (Recogniser, RecogniserConfig),
    "cevae": (CEVAE, CEVAEConfig),
}


def model_named(name: object) -> tuple[type[Any], type[Any]]:
    """A network's class, and the dataclass of its settings.

    Raises:
        ValueError: there is none of that name.
    """
    if not isinstance(name, str) or name not in MODELS:
        raise ValueError(
            f"The model {brief(name)} is unknown: there is {', '.join(MODELS)}"
            f"{nearest(str(name), MODELS)}."
        )
    return MODELS[name]


def build(name: str, dataset: Dataset, settings: Mapping[str, object]) -> Model:
    """A fresh model.

    Args:
        name: a key of `MODELS`.
        dataset: whose variables and pictures it is about.
        settings: fields of the model's config; those left out take their defaults.

    Raises:
        ValueError: unknown model, unknown setting, a setting that the model refuses, or a data
            set that it cannot learn.
    """
    model, config = model_named(name)
    if not isinstance(settings, Mapping):
        raise ValueError(f"network is {brief(settings)}: it takes settings of the model {name}.")
    known = [field.name for field in fields(config)]
    unknown = [key for key in settings if key not in known]
    if unknown:
        raise ValueError(
            f"The model {name} has no setting {brief(unknown[0])}: it takes {', '.join(known)}"
            f"{nearest(str(unknown[0]), known)}."
        )
    return model(dataset, config(**settings))
