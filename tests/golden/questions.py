"""Some 200 questions to the shipped checkpoints: every system, rung, coupling, evidence, action."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import torch

import causal_explorer as ce
from causal_explorer.data.sample import sample
from causal_explorer.scm.variables import Variable

STORIES = ("independent", "chain", "confounded", "shared-cause", "default")
HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
UPRIGHT = {"shape": 2, "scale": 4, "orientation": 39, "posX": 22, "posY": 24}
SQUARE = {"shape": "square", "scale": 1, "orientation": 5, "posX": 3, "posY": 30}
DOS: tuple[dict[str, Any], ...] = (
    {"shape": "square"},
    {"scale": 5},
    {"posX": 3, "orientation": 20},
    {"posX": ce.Shift(3)},
    {"orientation": ce.Shift(-7), "shape": 1},
)
DRAWN = {  # by checkpoint, a unit of its data
    "causal-vae": {"angle": 12.0, "light": 100.0},
    "intact-vae": {"glasses": 0, "male": 1, "smiling": 1},
    "cevae": {},
}
Question = tuple[str, Callable[[], Any]]


@cache
def opened(name: str) -> Any:
    """A shipped checkpoint."""
    return ce.load(name)


@cache
def told(name: str, story: str) -> Any:
    """A shipped SCM-VAE under a story."""
    return opened(name).with_story(story)


def noisy(factors: dict[str, Any], seed: int, flipped: int) -> np.ndarray:
    """(64, 64) the sprite with some of its pixels turned over."""
    dataset = opened("scm-vae").checkpoint.dataset
    classes = [[v.parse(factors[v.name]) for v in dataset.variables]]
    x = dataset.render(np.array(classes))[0]
    at = np.random.default_rng(seed).choice(x.size, flipped, replace=False)
    x.reshape(-1)[at] ^= 1
    return x


def sprites() -> Iterator[Question]:
    """SCM-VAEs: rung 3 of all evidence under all couplings and stories, and the other rungs."""
    for story in STORIES:
        for coupling in ("gumbel", "monotone"):
            for i, do in enumerate(DOS):
                yield (
                    f"scm-vae/{story}/{coupling}/factors/{i}",
                    lambda s=story, c=coupling, d=do, i=i: told("scm-vae", s).counterfactual(
                        factors=HEART, do=d, samples=64, seed=i, coupling=c
                    ),
                )
        yield (
            f"scm-vae/{story}/image",
            lambda s=story: told("scm-vae", s).counterfactual(
                image=noisy(UPRIGHT, 1, 4), do={"shape": "square"}, samples=100, seed=3
            ),
        )
        yield (
            f"scm-vae/{story}/image-and-some",
            lambda s=story: told("scm-vae", s).counterfactual(
                factors={"shape": 2}, image=noisy(UPRIGHT, 2, 8), do={"scale": 0}, samples=100
            ),
        )
        yield (
            f"scm-vae/{story}/some",
            lambda s=story: told("scm-vae", s).counterfactual(
                factors={"shape": "square"}, do={"shape": "heart"}, samples=100, seed=2
            ),
        )
        yield (
            f"scm-vae/{story}/seeing",
            lambda s=story: told("scm-vae", s).condition({"shape": 0}, samples=100, seed=1),
        )
        yield (
            f"scm-vae/{story}/doing",
            lambda s=story: told("scm-vae", s).intervention({"shape": 0}, samples=100, seed=1),
        )
        for given, do in (({"shape": 1}, None), (None, {"scale": 2}), ({"shape": 1}, {"scale": 2})):
            yield (
                f"scm-vae/{story}/law/{given}/{do}",
                lambda s=story, g=given, d=do: told("scm-vae", s).law(g, d),
            )
    for name in ("scm-vae", "scm-vae-mlp", "scm-vae-styled"):
        yield from _sprites_of(name)


def _sprites_of(name: str) -> Iterator[Question]:
    known = SQUARE if name == "scm-vae-styled" else {"scale": 1}
    for i, (unit, do) in enumerate(zip((HEART, UPRIGHT, SQUARE), DOS, strict=False)):
        yield (
            f"{name}/factors/{i}",
            lambda u=unit, d=do: opened(name).counterfactual(factors=u, do=d, samples=80, seed=7),
        )
        yield (
            f"{name}/prior/{i}",
            lambda u=unit, d=do: opened(name).counterfactual(
                factors=u, do=d, samples=80, seed=7, abduction="prior"
            ),
        )
    for i, do in enumerate(DOS[:3]):
        yield f"{name}/doing/{i}", lambda d=do: opened(name).intervention(d, samples=60, seed=4)
        yield (
            f"{name}/image/{i}",
            lambda i=i, d=do: opened(name).counterfactual(
                image=noisy(SQUARE, i, 2), factors=known, do=d, samples=40, seed=i
            ),
        )
    yield f"{name}/traverse", lambda: opened(name).traverse("scale", factors=HEART, samples=40)
    yield (
        f"{name}/sweep",
        lambda: opened(name).sweep("shape", factors=HEART, samples=40),
    )
    yield (
        f"{name}/batch",
        lambda: opened(name).counterfactuals(
            [{"factors": HEART, "do": do} for do in DOS[:3]], samples=40
        ),
    )
    yield (
        f"{name}/steps",
        lambda: opened(name).steps(factors=HEART, do={"shape": 0}, samples=40, shown=10).answer,
    )
    yield (
        f"{name}/reconstruct",
        lambda: opened(name).reconstruct(noisy(SQUARE, 0, 0), factors=known),
    )


def concepts() -> Iterator[Question]:
    """CausalVAE."""
    one = opened("causal-vae")
    for i, do in enumerate(({"angle": -20.0}, {"light": 70.0}, {"shadow_length": 9.0})):
        for unit in ({"angle": 12.0, "light": 100.0}, {"angle": -30.5, "light": 80.2}):
            yield (
                f"causal-vae/counterfactual/{i}/{unit['angle']}",
                lambda u=unit, d=do: one.counterfactual(factors=u, do=d),
            )
        yield f"causal-vae/doing/{i}", lambda d=do: one.intervention(d, samples=30)
    for latent in range(4):
        yield f"causal-vae/traverse/{latent}", lambda k=latent: one.traverse(k, held_out(one)[0])
    for i in range(3):
        yield f"causal-vae/reconstruct/{i}", lambda i=i: one.reconstruct(held_out(one)[i])
        yield f"causal-vae/read/{i}", lambda i=i: one.read(held_out(one)[i])


def treated() -> Iterator[Question]:
    """β-Intact-VAE and CEVAE."""
    face = opened("intact-vae")
    shown = (*face.dataset.variables, *face.dataset.hidden)
    names = [v.name for v in shown]
    for row in range(4):
        values = zip(shown, units_of(face)[row].tolist(), strict=True)
        unit = {v.name: int(u) if isinstance(v, Variable) else u for v, u in values}
        for t in (0, 1):
            yield (
                f"intact-vae/counterfactual/{row}/{t}",
                lambda u=unit, t=t: face.counterfactual(
                    factors=u, do={names[0]: t}, samples=20, seed=t
                ),
            )
        yield f"intact-vae/reconstruct/{row}", lambda u=unit: face.reconstruct(factors=u)
        yield f"intact-vae/traverse/{row}", lambda u=unit, k=row: face.traverse(k, factors=u)
        yield f"intact-vae/sweep/{row}", lambda u=unit: face.sweep(factors=u)
        yield (
            f"intact-vae/image/{row}",
            lambda r=row: face.counterfactual(
                image=held_out(face)[r], do={names[0]: 1}, samples=20, seed=r
            ),
        )
    for t in (0, 1):
        yield (
            f"intact-vae/doing/{t}",
            lambda t=t: face.intervention({names[0]: t}, samples=40, seed=t),
        )
        yield (
            f"cevae/doing/{t}",
            lambda t=t: opened("cevae").intervention({"t": t}, samples=40, seed=t),
        )
    for seed in range(3):
        yield (
            f"cevae/effect/{seed}",
            lambda s=seed: opened("cevae").effect(units=20, samples=20, seed=s),
        )


def autoencoders() -> Iterator[Question]:
    """β-VAE and Ladder VAE."""
    for name in ("beta-vae", "ladder-vae"):
        one = opened(name)
        for i in range(2):
            x = noisy((HEART, SQUARE)[i], i, 0)
            yield f"{name}/reconstruct/{i}", lambda o=one, x=x: o.reconstruct(x)
            for latent in range(4):
                yield (
                    f"{name}/traverse/{i}/{latent}",
                    lambda o=one, x=x, k=latent: o.traverse(k, x),
                )


@cache
def _drawn(name: str) -> tuple[np.ndarray, torch.Tensor]:
    one = opened(name)
    return sample(one.checkpoint.dataset, "test", 5, 0, one.checkpoint.split_seed)


def units_of(one: Any) -> np.ndarray:
    """(5, V + H) units of the test split."""
    return _drawn(one.checkpoint.id)[0]


def held_out(one: Any) -> np.ndarray:
    """(5, H, W, C) their pictures."""
    return _drawn(one.checkpoint.id)[1].permute(0, 2, 3, 1).numpy()


def all_questions() -> Iterator[Question]:
    """Each with a name of its own."""
    yield from sprites()
    yield from concepts()
    yield from treated()
    yield from autoencoders()
