"""Every network by the name that configs and checkpoints use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.recogniser import Recogniser, RecogniserConfig
from causal_explorer.models.scm_vae import SCMVAE, SCMVAEConfig
from causal_explorer.models.scm_vae_mlp import SCMVAEMLP, SCMVAEMLPConfig
from causal_explorer.scm.variables import Variable
from causal_explorer.wording import brief

MODELS = {
    "scm-vae": (SCMVAE, SCMVAEConfig),
    "scm-vae-mlp": (SCMVAEMLP, SCMVAEMLPConfig),
    "recogniser": (Recogniser, RecogniserConfig),
}


def build(
    name: str, variables: tuple[Variable, ...], settings: Mapping[str, object]
) -> ImageMechanism | Recogniser:
    """A fresh model.

    Args:
        name: a key of `MODELS`.
        variables: of the data set.
        settings: fields of the model's config; those left out take their defaults.

    Raises:
        ValueError: unknown model, unknown setting, or a setting that the model refuses.
    """
    if not isinstance(name, str) or name not in MODELS:
        raise ValueError(f"The model {brief(name)} is unknown: there is {', '.join(MODELS)}.")
    model, config = MODELS[name]
    if not isinstance(settings, Mapping):
        raise ValueError(f"network is {brief(settings)}: it takes settings of the model {name}.")
    known = [field.name for field in fields(config)]
    unknown = [key for key in settings if key not in known]
    if unknown:
        raise ValueError(
            f"The model {name} has no setting {brief(unknown[0])}: it takes {', '.join(known)}."
        )
    return model(variables, config(**settings))  # type: ignore[arg-type]
