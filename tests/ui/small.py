"""An answer built by hand, so that the words and pictures about it are tested without a model."""

import numpy as np

from causal_explorer import CounterfactualAnswer
from causal_explorer.data import dsprites
from causal_explorer.scm.graph import cut_edges, moved_by
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import story_named
from causal_explorer.ui.question import Question

NAMES = tuple(variable.name for variable in dsprites.FACTORS)
HEART = (2, 3, 4, 10, 16)


def story(name: str = "default") -> SCM:
    return story_named(name, dsprites.FACTORS)


def question(do: dict[str, int], samples: int = 4) -> Question:
    factors = tuple(zip(NAMES, HEART, strict=True))
    return Question("scm-vae", "default", factors, tuple(do.items()), samples, 0, "gumbel")


def answer(
    do: dict[str, int],
    after: list[tuple[int, ...]],
    density: np.ndarray | None = None,
    truth: np.ndarray | None = None,
    scm: SCM | None = None,
) -> CounterfactualAnswer:
    """About the heart: one row of `after` a draw."""
    graph = (scm or story()).graph
    picture = dsprites.render(np.array([HEART]))[0].astype(float)
    return CounterfactualAnswer(
        density=picture if density is None else density,
        truth=picture if truth is None else truth,
        variables=dsprites.FACTORS,
        original=picture,
        reconstruction=picture,
        factual=np.array([HEART] * len(after)),
        counterfactual=np.array(after),
        do=do,
        cut=frozenset(cut_edges(graph, do)),
        descendants=frozenset(moved_by(graph, do)),
    )
