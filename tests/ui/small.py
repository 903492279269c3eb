"""An answer built by hand, so that the words and pictures about it are tested without a model."""

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.data import dsprites
from causal_explorer.inference.posterior import certain
from causal_explorer.inference.uncertainty import Uncertainty
from causal_explorer.scm.actions import Action, Set, cut_edges, moved_by
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import story_named
from causal_explorer.sharing.question import Question

NAMES = tuple(variable.name for variable in dsprites.FACTORS)
HEART = (2, 3, 4, 10, 16)


def story(name: str = "default") -> SCM:
    return story_named(name, dsprites.FACTORS)


def question(do: dict[str, int], samples: int = 4) -> Question:
    factors = tuple(zip(NAMES, HEART, strict=True))
    return Question("scm-vae", "default", factors, tuple(do.items()), samples, 0, "gumbel")


def answer(
    do: dict[str, int | Action],
    after: list[tuple[int, ...]],
    density: np.ndarray | None = None,
    truth: np.ndarray | None = None,
    scm: SCM | None = None,
) -> CounterfactualAnswer:
    """About the heart: one row of `after` a draw."""
    graph = (scm or story()).graph
    done = {name: Set(value) if isinstance(value, int) else value for name, value in do.items()}
    nothing = np.zeros((64, 64))
    picture = dsprites.render(np.array([HEART]))[0].astype(float)
    return CounterfactualAnswer(
        density=picture if density is None else density,
        truth=picture if truth is None else truth,
        uncertainty=Uncertainty(nothing, nothing, nothing),
        variables=dsprites.FACTORS,
        original=picture,
        reconstruction=picture,
        posterior=certain(dsprites.FACTORS, list(HEART), 1.0),
        factual=np.array([HEART] * len(after)),
        counterfactual=np.array(after),
        do=done,
        cut=cut_edges(graph, done),
        descendants=moved_by(graph, done),
    )
