"""Opens any checkpoint, as the kind of thing that its model can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from causal_explorer import checkpoint
from causal_explorer.checkpoint import Checkpoint
from causal_explorer.inference.concepts import ConceptExplorer
from causal_explorer.inference.explorer import under
from causal_explorer.inference.intact import IntactExplorer
from causal_explorer.inference.latents import LatentExplorer
from causal_explorer.inference.opened import Opened
from causal_explorer.inference.treatment import TreatmentExplorer
from causal_explorer.models.autoencoder import Autoencoder
from causal_explorer.models.base import Model
from causal_explorer.models.causal_vae import CausalVAE
from causal_explorer.models.cevae import CEVAE
from causal_explorer.models.intact_vae import IntactVAE
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.undisturbed import undisturbed
from causal_explorer.wording import brief

_KINDS: dict[type[Model], type[Opened]] = {  # which questions go with which models
    Autoencoder: LatentExplorer,
    CausalVAE: ConceptExplorer,
    CEVAE: TreatmentExplorer,
    IntactVAE: IntactExplorer,
}


@undisturbed
def load(name: str | Path, story: str | Path = "default") -> Any:
    """Opens a checkpoint.

    Args:
        name: a folder of checkpoints/ by name, or a path.
        story: of a structural causal model of images, by name or as a TOML file.

    Returns:
        An `Explorer` for an SCM-VAE; for any other model the `Opened` that fits it.

    Raises:
        ValueError: unknown or damaged checkpoint, unknown story, a story for a model that takes
            none, or a network that only serves others.
    """
    found = checkpoint.read(name, Model)
    if isinstance(found.model, ImageMechanism):
        return under(cast(Checkpoint[ImageMechanism], found), story)
    for model, kind in _KINDS.items():
        if isinstance(found.model, model):
            _require_default(story, found.id)
            return kind(found)
    raise ValueError(
        f"{brief(str(name))} is no model that can be asked: {found.config['model']} serves others."
    )


def _require_default(story: object, name: str) -> None:
    """Refuses a story that nobody would read."""
    if story != "default":
        raise ValueError(
            f"story is {brief(story)}: {name} takes none, since only an SCM-VAE is asked under a "
            "story."
        )
