"""What a story entails, each thing computed once."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.resample import resample, write_resampled
from causal_explorer.scm.actions import Set
from causal_explorer.scm.law import population_law
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import read_story
from causal_explorer.scm.story import parse
from causal_explorer.ui.serving import Sprite


def shipped_story(name: str) -> str:
    """A shipped story as TOML text.

    Raises:
        ValueError: no such story.
    """
    return read_story(name).to_toml()


def story_scm(text: str) -> SCM:
    """The structural causal model over dSprites that a TOML text tells.

    Raises:
        ValueError: the text is no story, or does not fit dSprites.
    """
    return parse("edited", text).build(dsprites.FACTORS)


def joint(text: str, a: str, b: str) -> np.ndarray:
    """(K_a, K_b): p(a, b) of two factors in a story, exactly.

    Raises:
        ValueError: as `story_scm`.
    """
    story = story_scm(text)
    names = [variable.name for variable in story.all]
    others = [place for place, name in enumerate(names) if name not in (a, b)]
    hidden = [[(v.name, k) for k in range(v.classes)] for v in story.hidden]
    parts = (story.log_joint(dict(seen)).exp().sum(others) for seen in product(*hidden))
    table = torch.stack(list(parts)).sum(0).numpy()
    return table if names.index(a) < names.index(b) else table.T


def seeing_and_doing(text: str, cause: str, effect: str) -> tuple[np.ndarray, np.ndarray]:
    """(K,), (K,): E[effect | cause = k] and E[effect | do(cause = k)] in a story, exactly.

    Raises:
        ValueError: as `story_scm`.
    """
    story = story_scm(text)
    classes = next(v.classes for v in story.variables if v.name == cause)
    seen = [population_law(story, {cause: k}, {})[effect] for k in range(classes)]
    done = [population_law(story, {}, {cause: Set(k)})[effect] for k in range(classes)]
    see, do = torch.stack(seen).numpy(), torch.stack(done).numpy()
    return see @ np.arange(see.shape[1]), do @ np.arange(do.shape[1])


def data_set(text: str, count: int, seed: int) -> bytes:
    """The .npz file of the data set that a story entails.

    Raises:
        ValueError: as `story_scm`.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "resampled.npz"
        write_resampled(path, parse("edited", text), count, seed)
        return path.read_bytes()


def first_sprites(text: str, count: int, seed: int, shown: int) -> tuple[Sprite, ...]:
    """The first draws of that data set.

    Raises:
        ValueError: as `story_scm`.
    """
    rows = resample(story_scm(text), count, seed)[:shown]
    return tuple(map(tuple, dsprites.classes_of(rows).tolist()))
