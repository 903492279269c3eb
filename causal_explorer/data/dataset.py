"""A data set here: a structural causal model and the renderer that makes a picture of its units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from inspect import signature
from typing import Any

import numpy as np
import torch

from causal_explorer.data import (
    celeba,
    dsprites,
    face_renderer,
    faces,
    pendulum,
    styled_sprites,
    treatment,
    treatment_synthetic,
)
from causal_explorer.data.pictures import DSpritesPictures, Pictures
from causal_explorer.data.windows import Windows, open_windows
from causal_explorer.scm.equations import Equations
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.stories import story_named
from causal_explorer.scm.variables import Quantity
from causal_explorer.wording import brief, nearest


@dataclass(frozen=True)
class Dataset:
    """What the rest of the library needs to know of a data set.

    Attributes:
        name: as checkpoints name it.
        variables: that labels name, one a column of a table of units.
        render: (N, V + H) units to (N, *shape) uint8 pictures: the truth.
        shape: of a picture: (rows, columns) of 0 and 1, or (rows, columns, channels) of 0 to 255.
        open: the pictures that models learn from, resident on a device.
        table: all (N, V + H) units that `open` would render, with the (N,) lots that split them
            where no seed does: for whoever looks at few. None where files hold the pictures.
        scm: over `variables`, which knows the true counterfactual values.
        hidden: what no label names, the last H columns of a unit: a style, a confounder, noise.
        draw_hidden: (N, H) draws of those from their prior; None where there are none.
        idle: of the values of a unit, the names of those that play no part in its picture.
        settings: that the data set was made with, for example a correlation.
        noun: what one picture shows.
        covariates: of (N, …) pictures as models take them, the (N, D) that were there before the
            treatment `t`, the first variable, was given; None where there is no treatment.
        before: variables that the treatment, the first one, does not change, by name.
        search: opens the windows of all pictures that `render` can draw; None where there are too
            many.
        made_of: its name and settings, as `dataset_named` takes them; None of one of your own.
        unseen: variables of `scm` that no picture shows, by name; of them, the hidden are noise.
    """

    name: str
    variables: tuple[Any, ...]  # Variable, or Quantity: each model knows which it takes
    render: Callable[[np.ndarray], np.ndarray]
    shape: tuple[int, ...] = (64, 64)
    open: Callable[[torch.device], Pictures] = field(default=DSpritesPictures, repr=False)
    table: Callable[[], tuple[np.ndarray, np.ndarray | None]] | None = field(
        default=None, repr=False
    )
    scm: Callable[[], SCM | Equations] | None = field(default=None, repr=False)
    hidden: tuple[Any, ...] = ()
    draw_hidden: Callable[[int, np.random.Generator], np.ndarray] | None = field(
        default=None, repr=False
    )
    idle: Callable[[Mapping[str, float]], tuple[str, ...]] = field(
        default=lambda unit: (), repr=False
    )
    settings: Mapping[str, object] = field(default_factory=dict)
    noun: str = "sprite"
    covariates: Callable[[torch.Tensor], torch.Tensor] | None = field(default=None, repr=False)
    before: tuple[str, ...] = ()
    search: Callable[[], Windows] | None = field(default=None, repr=False)
    unseen: tuple[str, ...] = ()
    made_of: Mapping[str, object] | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        settings = "".join(f", {key}={brief(value)}" for key, value in self.settings.items())
        return f"Dataset({self.name!r}{settings})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickled by its name and settings: another process makes it anew, or has it already."""
        if self.made_of is not None and dataset_named(self.made_of) is self:
            return dataset_named, (self.made_of,)
        return super().__reduce_ex__(protocol)

    def units(self, v: np.ndarray, hidden: np.ndarray | Sequence[int] | None = None) -> np.ndarray:
        """Units as `render` takes them, from (N, V) values of the variables.

        Args:
            v: whole numbers or floats.
            hidden: (N, H) or (H,) values of what no label names; left out, each one's first.
        """
        if not self.hidden:
            return v
        first = [h.low if isinstance(h, Quantity) else 0 for h in self.hidden]
        told = np.asarray(first if hidden is None else hidden)
        return np.concatenate([v, np.broadcast_to(told, (len(v), len(self.hidden)))], axis=1)

    @property
    def colours(self) -> int:
        """Channels of a picture; 1 where pixels are 0 or 1."""
        return self.shape[2] if len(self.shape) == 3 else 1


def _dsprites() -> Dataset:
    return Dataset(
        "dsprites",
        dsprites.FACTORS,
        dsprites.render,
        scm=lambda: story_named("default", dsprites.FACTORS),
        search=open_windows,
    )


def _pendulum() -> Dataset:
    return Dataset(
        "pendulum",
        pendulum.VARIABLES,
        pendulum.render,
        shape=(pendulum.SIDE, pendulum.SIDE, 3),
        open=pendulum.open_pictures,
        table=pendulum.table,
        scm=pendulum.law,
        noun="pendulum",
    )


def _styled_sprites() -> Dataset:
    return Dataset(
        "styled-sprites",
        dsprites.FACTORS,
        styled_sprites.render,
        open=styled_sprites.StyledPictures,
        scm=lambda: story_named("default", dsprites.FACTORS),
        hidden=styled_sprites.HIDDEN,
        draw_hidden=styled_sprites.draw_hidden,
        idle=styled_sprites.idle,
        noun="sprite with a style",
    )


def _treatment(
    strength: float = 2.5, noise: float = 0.12, units: int = 20_000, seed: int = 0
) -> Dataset:
    """Treated sprites; for what the settings mean see `treatment.Trial`."""
    trial = treatment.Trial(strength, noise, units, seed)
    return Dataset(
        "treatment",
        (treatment.TREATMENT, treatment.HEIGHT),
        trial.render,
        shape=(treatment.SIZE, 2 * treatment.SIZE, 1),
        open=trial.open,
        scm=trial.story,
        hidden=treatment.HIDDEN,
        settings=asdict(trial),
        covariates=treatment.before,
        unseen=("t", treatment.LOT.name),
    )


def _faces(rho: float = 0.0, units: int = 12_000, seed: int = 0) -> Dataset:
    """Drawn faces; for what the settings mean see `faces.Population`."""
    population = faces.Population(rho, units, seed)
    return Dataset(
        "faces",
        faces.VARIABLES,
        face_renderer.render,
        shape=(face_renderer.SIZE, face_renderer.SIZE, 3),
        open=population.open,
        table=lambda: (population.draw(), None),
        scm=population.story,
        hidden=faces.HIDDEN,
        draw_hidden=faces.draw_hidden,
        settings=asdict(population),
        noun="face",
        before=faces.COVARIATES,
    )


def _celeba(folder: str = "", count: int = 20_000) -> Dataset:
    """The user's own files; for what the settings mean see `celeba.CelebA`."""
    files = celeba.CelebA(folder, count)
    return Dataset(
        "celeba",
        celeba.VARIABLES,
        celeba.render,
        shape=(celeba.SIZE, celeba.SIZE, 3),
        open=files.open,
        settings=asdict(files),
        noun="face",
        before=celeba.ATTRIBUTES[1:],
    )


def _cevae_synthetic(units: int = 20_000, seed: int = 0) -> Dataset:
    """Pyro's synthetic test of CEVAE, of so many units drawn with that seed."""
    test = treatment_synthetic.SyntheticTest(units, seed)
    return Dataset(
        "cevae-synthetic",
        (treatment.TREATMENT, treatment_synthetic.OUTCOME),
        treatment_synthetic.render,
        shape=(treatment_synthetic.FEATURES,),
        open=test.open,
        scm=treatment_synthetic.story,
        hidden=treatment_synthetic.HIDDEN,
        settings=asdict(test),
        noun="unit",
        covariates=treatment_synthetic.covariates,
        unseen=("t", "y", treatment.LOT.name),
    )


DATASETS: dict[str, Callable[..., Dataset]] = {
    "dsprites": _dsprites,
    "pendulum": _pendulum,
    "styled-sprites": _styled_sprites,
    "treatment": _treatment,
    "cevae-synthetic": _cevae_synthetic,
    "faces": _faces,
    "celeba": _celeba,
}


def dataset_named(spec: str | Mapping[str, object]) -> Dataset:
    """The data set of that name, or of {"name": …} with its settings beside.

    Raises:
        ValueError: no such data set, or a setting that it does not take.
    """
    if isinstance(spec, str):
        spec = {"name": spec}
    name = spec.get("name") if isinstance(spec, Mapping) else None
    if not isinstance(name, str) or name not in DATASETS:
        said = brief(name if isinstance(spec, Mapping) else spec)
        near = nearest(name, DATASETS) if isinstance(name, str) else ""
        raise ValueError(f"The data set {said} is unknown: there is {', '.join(DATASETS)}{near}.")
    settings = {key: value for key, value in spec.items() if key != "name"}
    known = list(signature(DATASETS[name]).parameters)
    for key, value in settings.items():
        if key not in known:
            raise ValueError(
                f"The data set {name} has no setting {brief(key)}: it takes "
                f"{', '.join(known) or 'none'}{nearest(str(key), known)}."
            )
        if not isinstance(value, (int, float, str)) or isinstance(value, bool):
            raise ValueError(
                f"The setting {key} of the data set {name} is {brief(value)}: it takes a number "
                "or a text."
            )
    return _made(name, tuple((key, type(settings[key]), settings[key]) for key in sorted(settings)))


@lru_cache(maxsize=32)
def _made(name: str, settings: tuple[tuple[str, type, Any], ...]) -> Dataset:
    """Made once; types are part of the key, as 100 units are taken and 100.0 are refused."""
    told = {key: value for key, _, value in settings}
    return replace(DATASETS[name](**told), made_of={"name": name, **told})
