"""What each network is for, what its answers assume, and where they end.

No figure stands here: figures belong to the study beside a checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """In plain text, the same on a page, on a card and in the documents.

    Attributes:
        intended: what it is to be used for.
        assumes: what its answers take for granted, with the sources.
        limits: what its figures do not show.
    """

    intended: str
    assumes: str
    limits: str


_TEACHING = "Teaching, and checking a method on pictures whose causes are known; no decision"
_GIVEN = (
    "The graph, its tables and the coupling are given; labels are free of error; noises are "
    "independent; z is independent of the factors, and nothing hidden causes factors and picture "
    "at once; one uniform noise a pixel switches it on below p (Pawlowski, Castro and Glocker "
    "2020, arXiv:2006.06485). The truth shares all of this and cannot test it; from labelled "
    "pictures alone no counterfactual is identified (Pan and Bareinboim 2024, arXiv:2403.09683)."
)

SCOPES = {  # by model, as in `registry.MODELS`
    "scm-vae": Scope(
        f"{_TEACHING} about a person or a photograph.",
        _GIVEN,
        "The decoder is told how many corners and harmonics each outline has and which grid its "
        "corners were rounded to, and z says nothing: agreement with the truth tests the outlines "
        "alone, and composition and reversibility cannot fail.",
    ),
    "scm-vae-mlp": Scope(
        "An exhibit: the dense networks that one would try first, beside which the others stand.",
        _GIVEN,
        "What dense networks would reach with more training it does not say.",
    ),
    "scm-vae-styled": Scope(
        f"{_TEACHING} about a person or a photograph.",
        f"{_GIVEN} What a style is under do() is given too: the decoder reads z only in the "
        "sprite's own frame.",
        "That z holds the style and no label is measured on drawn styles and holds for no other "
        "data; the decoder's outlines are told corners, harmonics and grid.",
    ),
    "causal-vae": Scope(
        f"{_TEACHING} about causes that are not labelled.",
        "The labels name every concept and common cause and are free of error, and the graph with "
        "the fewest edges is the true one. That is faithfulness, which is in doubt where an effect "
        "is a function of its causes without noise, as a shadow is. Which concepts a part of the "
        "picture shows is given (Yang et al. 2021, arXiv:2004.08697; additive decoders, Lachapelle "
        "et al. 2023, arXiv:2307.02598).",
        "The graph is learned from labels alone, no picture enters. The prior of each latent is "
        "its label, so MIC and TIC say how well a supervised encoder regresses, not that concepts "
        "were found. do() on an effect leaves the data, and pictures err there.",
    ),
    "intact-vae": Scope(
        f"{_TEACHING} about a face.",
        "Given the covariates nothing hidden causes both treatment and picture; a balanced "
        "prognostic score exists that overlaps between the treatments, and the outcome is an "
        "injective function of it plus independent noise (Wu and Fukumizu 2022, arXiv:2110.05225).",
        "What the paper identifies are effects given the covariates; the counterfactual picture of "
        "one face also takes what q(z | x, y, t) reads to be untouched by the treatment. The error "
        "of a whole picture is small even for one left alone.",
    ),
    "cevae": Scope(
        f"{_TEACHING} about a treatment of people.",
        "The hidden cause is the only one, its proxy tells it and reads neither treatment nor "
        "outcome, and the latent is of the right kind and size (Louizos et al. 2017, "
        "arXiv:1705.08821). In general the effect is not identified, and a latent of another kind "
        "is wrong however many data there are (Rissanen and Marttinen 2021, arXiv:2102.06648).",
        "Latents of different sizes have nearly the same validation loss and very different "
        "errors of the effect: no loss can choose between them, only the truth, which real data "
        "lack.",
    ),
    "beta-vae": Scope(
        "Looking at what a code learns without labels. It is no causal model: a traversal is no "
        "intervention.",
        "Factors are independent; a code that turns polar is told that three factors come first "
        "and that one is periodic. Without such hints no unsupervised code is identified "
        "(Locatello et al. 2019, arXiv:1811.12359).",
        "Higgins' score saturates: at its top MIG and DCI are still low, and a unit may take one "
        "shape for another. One training stands behind each β.",
    ),
    "ladder-vae": Scope(
        "Looking at what layers of latents keep. It is no causal model: a traversal is no "
        "intervention.",
        "Nothing causal; units of a layer have no meaning that the model fixes (Sønderby et al. "
        "2016, arXiv:1602.02282; Locatello et al. 2019, arXiv:1811.12359).",
        "The bound of log p(x) differs between trainings as well as between models, and the "
        "paper's data are others: nats compare only within one table of several seeds.",
    ),
    "recogniser": Scope(
        "Proposing explanations of a picture, where no bound says which cannot matter.",
        "The picture shows one sprite (proposals of a network, Dayan et al. 1995, "
        "doi:10.1162/neco.1995.7.5.889).",
        "By itself it is no answer: factors are proposed as if they were independent.",
    ),
}
