"""The systems that can be asked: what each model is, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from causal_explorer.checkpoint import shipped_models
from causal_explorer.sharing.own_runs import is_mechanism, own_checkpoints


@dataclass(frozen=True)
class Entry:
    """A model in a few words.

    Attributes:
        title: its name in the field.
        noun: what its pictures show.
        about: one sentence: what it is, and what it is here for.
        source: the paper.
    """

    title: str
    noun: str
    about: str
    source: str


_EXHIBIT = "scm-vae-mlp"
CATALOGUE = {  # by checkpoint, in the order in which they are shown
    "scm-vae": Entry(
        "SCM-VAE",
        "sprites",
        "A structural causal model of sprites: all three rungs, exact abduction of the factors.",
        "Pawlowski, Castro and Glocker 2020, arXiv:2006.06485",
    ),
    "scm-vae-mlp": Entry(
        "SCM-VAE, dense",
        "sprites",
        "The same model with the dense networks that one would try first, kept as an exhibit.",
        "Pawlowski, Castro and Glocker 2020, arXiv:2006.06485",
    ),
    "scm-vae-styled": Entry(
        "SCM-VAE",
        "styled sprites",
        "Sprites with a style that no label names: z has to carry it through do().",
        "Pawlowski, Castro and Glocker 2020, arXiv:2006.06485",
    ),
    "causal-vae": Entry(
        "CausalVAE",
        "pendulum",
        "Four concepts of a pendulum with a causal graph that is learned from zeros.",
        "Yang et al. 2021, arXiv:2004.08697",
    ),
    "intact-vae": Entry(
        "β-Intact-VAE",
        "faces",
        "Faces under a treatment, with a prior that knows the covariates but not the treatment.",
        "Wu and Fukumizu 2022, arXiv:2110.05225",
    ),
    "cevae": Entry(
        "CEVAE",
        "treatment",
        "The effect of a treatment whose confounder is hidden and seen through a proxy alone.",
        "Louizos et al. 2017, arXiv:1705.08821",
    ),
    "beta-vae": Entry(
        "β-VAE",
        "sprites",
        "An unsupervised code whose units are pressed towards independence; no causal model.",
        "Higgins et al. 2017, ICLR",
    ),
    "ladder-vae": Entry(
        "Ladder VAE",
        "sprites",
        "Five layers of latents, kept in use by batch normalisation and warm-up; no causal model.",
        "Sønderby et al. 2016, arXiv:1602.02282",
    ),
}


def systems() -> list[str]:
    """The shipped checkpoints that can be asked, in the order of `CATALOGUE`.

    The exhibit is left out: on the sprites' own page it is one of two image models.
    """
    found = shipped_models()
    return [name for name in CATALOGUE if name in found and name != _EXHIBIT]


def own_systems() -> list[str]:
    """The user's own checkpoints that can be asked, but for image models of the sprites."""
    return [name for name, config in own_checkpoints().items() if not is_mechanism(config)]


def label(checkpoint: str) -> str:
    """How a control and the address call a system; the user's own by its folder."""
    if checkpoint not in CATALOGUE:
        return checkpoint
    about = CATALOGUE[checkpoint]
    return f"{about.title}, {about.noun}"


def address(checkpoint: str) -> str:
    """Of Explore, with the system chosen, or the image model."""
    config = own_checkpoints().get(checkpoint)
    chosen = "model" if config and is_mechanism(config) else "system"
    return f"./?{urlencode({chosen: label(checkpoint)})}"


def entry(checkpoint: str) -> Entry:
    """What a checkpoint's model is; of the user's own, what the shipped one of its kind is."""
    if checkpoint in CATALOGUE:
        return CATALOGUE[checkpoint]
    config = own_checkpoints().get(checkpoint, {})
    alike = CATALOGUE.get(config.get("model", ""), Entry(checkpoint, "", "", ""))
    return replace(alike, title=f"{alike.title}, {checkpoint}")
